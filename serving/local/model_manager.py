"""Keeps the wanted versions of the models loaded, and hands them to requests."""

import contextlib
import threading

import grpc
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus

from serving.local.model_configs import check_configs
from serving.local.model_version import ModelVersion
from serving.local.serving_error import (
    ServingError,
    failed_precondition,
    invalid_argument,
    not_found,
)
from serving.local.version_policy import aspired_versions


class ModelManager:
    """The models of a `ModelServerConfig`, kept as the folders on disk say.

    It follows TensorFlow Serving's AvailabilityPreservingPolicy: a new version is loaded before
    the old one is taken away, and the old one is freed when its last request is answered.

    Args:
        load: function of a path that returns a model with a method `close`.
        max_num_load_retries: how often a version that cannot be loaded is tried again.
        load_retry_interval: seconds between two attempts.
        allow_labels_for_unavailable: whether a new label may name a version that is not loaded.
        report: function that is called with a line of text when something changes.
    """

    def __init__(
        self,
        load,
        max_num_load_retries=5,
        load_retry_interval=60.0,
        allow_labels_for_unavailable=False,
        report=lambda line: None,
    ):
        self._load, self._report = load, report
        self._retries, self._pause = max_num_load_retries, load_retry_interval
        self._allow_labels_for_unavailable = allow_labels_for_unavailable
        self._configs = {}  # name -> ModelConfig
        self._versions = {}  # name -> {number: ModelVersion}, those that have ended included
        self._labels = {}  # name -> {label: number}
        self._changing = threading.RLock()  # held by whoever loads or unloads
        self._released = threading.Condition()  # guards `users` and `state` of the versions
        self._said = {}  # name -> the last complaint about its folder

    @contextlib.contextmanager
    def model(self, spec):
        """Yields (version number, model) of a `ModelSpec`, which stays loaded in the block.

        Raises:
            ServingError: if the specification is wrong or nothing that it names is loaded.
        """
        name, number = self._name_and_number(spec)
        with self._released:
            versions = self._versions.get(name, {})
            available = [one for one, version in versions.items() if version.available]
            wanted = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            number = max(available, default=None) if number is None else number
            if number not in available:
                raise not_found(f"Servable not found for request: {wanted}")
            version = versions[number]
            version.users += 1
        try:
            yield number, version.model
        finally:
            with self._released:
                version.users -= 1
                self._released.notify_all()

    def versions(self, spec):
        """Returns the (number, `ModelVersion`)s that a `ModelSpec` asks for, the newest first.

        Raises:
            ServingError: if there are none.
        """
        with self._released:
            versions = dict(self._versions.get(spec.name, {}))
        if spec.HasField("version"):
            number = spec.version.value
            if number not in versions:
                raise not_found(f"Could not find version {number} of model {spec.name}")
            return [(number, versions[number])]
        if not versions:
            raise not_found(f"Could not find any versions of model {spec.name}")
        return sorted(versions.items(), reverse=True)

    def reload(self, config):
        """Serves the models of a `ModelServerConfig`, and no others.

        Raises:
            ServingError: if the configuration is refused, or a model that is new in it could not
                be loaded.
        """
        with self._changing:
            if config.WhichOneof("config") is None:
                return
            configs = check_configs(config.model_config_list.config, self._configs)
            labels = self._check_labels(configs)
            new = set(configs) - set(self._configs)
            self._configs, self._labels = configs, labels
            self.update()
            self._check_available(new)

    def update(self):
        """Looks at the folders, and loads and unloads until what should be served is."""
        with self._changing:
            for name in {*self._configs, *self._versions}:
                self._aspire(name)
                while self._take_step(name):
                    pass

    def close(self):
        """Unloads everything, each version after its last request."""
        with self._changing:
            self._configs = {}
            self.update()

    def _name_and_number(self, spec):
        if not spec.name:
            raise invalid_argument("ModelSpec has no name specified.")
        choice = spec.WhichOneof("version_choice")
        if choice == "version":
            return spec.name, spec.version.value
        if choice != "version_label":
            return spec.name, None
        labels = self._labels.get(spec.name, {})
        if spec.version_label not in labels:
            raise invalid_argument(f"Unrecognized servable version label: {spec.version_label}")
        return spec.name, labels[spec.version_label]

    def _check_labels(self, configs):
        """Returns the new labels; refuses one for a version that does not answer yet."""
        labels = {}
        for name, config in configs.items():
            for label, number in config.version_labels.items():
                version = self._versions.get(name, {}).get(number)
                moved = self._labels.get(name, {}).get(label, number) != number
                unchecked = self._allow_labels_for_unavailable and not moved
                if not unchecked and not (version and version.available):
                    raise failed_precondition(
                        f"Request to assign label to version {number} of model {name}, which is "
                        "not currently available for inference"
                    )
                labels.setdefault(name, {})[label] = number
        return labels

    def _check_available(self, names):
        """Raises an error that names the versions of models that could not be loaded."""
        failed = [
            f"{{name: {name} version: {number}}} due to error: {version.error}"
            for name in sorted(names)
            for number, version in self._versions.get(name, {}).items()
            if version.error and not any(one.available for one in self._versions[name].values())
        ]
        if failed:
            raise ServingError(
                grpc.StatusCode.UNKNOWN,
                f"{len(failed)} model(s) did not become available: {{{', '.join(failed)}}}",
            )

    def _aspire(self, name):
        """Marks which versions should be served, and notes new ones."""
        try:
            wanted = {}
            if name in self._configs:
                config = self._configs[name]
                wanted = aspired_versions(config.base_path, config.model_version_policy)
                if not wanted:
                    self._complain(name, f"no version under {config.base_path} yet")
        except OSError as error:  # What is loaded stays: the folder may come back.
            self._complain(name, f"{error.filename}: {error.strerror}")
            return
        with self._released:
            versions = self._versions.setdefault(name, {})
            for number, version in versions.items():
                if version.ended and not version.aspired and number in wanted:
                    versions[number] = ModelVersion(wanted[number])  # Its folder came back.
                else:
                    version.aspire(number in wanted)
            for number in set(wanted) - set(versions):
                versions[number] = ModelVersion(wanted[number])

    def _take_step(self, name):
        """Loads or unloads one version; returns False when there is nothing to do."""
        versions = self._versions[name]
        aspired = [version for version in versions.values() if version.aspired]
        surplus = sorted(n for n, one in versions.items() if one.available and not one.aspired)
        replaced = not aspired or any(version.available for version in aspired)
        if surplus and (replaced or len(surplus) > 1):
            self._unload(name, surplus[0])
            return True
        waiting = [number for number, version in versions.items() if version.may_load]
        if not waiting:
            return False
        number = max(waiting)
        versions[number].load(self._load, self._retries, self._pause)
        failure = versions[number].error
        self._report(f"{name} version {number}: {f'not loaded: {failure}' if failure else 'ready'}")
        return True

    def _unload(self, name, number):
        version = self._versions[name][number]
        with self._released:
            version.state = ModelVersionStatus.UNLOADING
            self._released.wait_for(lambda: version.users == 0)
        version.model.close()
        version.model = None
        version.state = ModelVersionStatus.END
        self._report(f"{name} version {number}: unloaded")

    def _complain(self, name, line):
        if self._said.get(name) != line:
            self._said[name] = line
            self._report(f"{name}: {line}")
