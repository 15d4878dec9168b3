"""Loads the wanted versions of each model, and finds the one that a request asks for."""

import dataclasses
import gc
import threading
from typing import Any

from serving.model_server_config import served_versions
from serving.request_error import failed_precondition, not_found
from serving.versions import version_numbers, version_path


@dataclasses.dataclass(frozen=True)
class ModelVersion:
    """A version that is loaded, that could not be loaded, or, by default, that is loading.

    Attributes:
        model: The loaded model, or None.
        error: Why it could not be loaded, or "".
    """

    model: Any = None
    error: str = ""


class ModelManager:
    """The loaded versions of each model, which follow the folders on disk.

    A new version is loaded before the old one is dropped. Requests that run on the old one hold a
    reference to it, so that it is freed after its last answer. A version that cannot be loaded is
    not tried again until its folder has gone and come back. If a folder has no versions at all,
    what is loaded stays.

    Requests name a model, and maybe the number or the label of a version. A `RequestError` says
    which of them is unknown: NOT_FOUND for a model or a version, FAILED_PRECONDITION for a label.

    Args:
        configs: `ModelConfig`s.
        load: Function of a path that returns a model.
        report: Function that is called with a line of text when a version changes.
    """

    def __init__(self, configs, load, report=lambda line: None):
        self._configs = {config.name: config for config in configs}
        self._load, self._report = load, report
        # name -> {number: ModelVersion}; `update` replaces entries, requests read them.
        self._versions = {name: {} for name in self._configs}
        self._refused = {}  # name -> the configuration that was last refused
        self._lock = threading.Lock()  # A label and the version that it names change together.

    def get(self, name, number=None, label=""):
        """Returns `(number, model)` of a loaded version, by default the newest."""
        versions, number = self._find(name, number, label)
        models = _models(versions)
        if number is None and models:
            number = max(models)
        if number not in models:
            wanted = "versions" if number is None else f"version {number}"
            raise not_found(f"model {name!r} has no {wanted} to serve; loaded: {sorted(models)}")
        return number, models[number]

    def status(self, name, number=None, label=""):
        """Returns a dict of number -> `ModelVersion`, by default of all, newest first."""
        versions, number = self._find(name, number, label)
        if number is None:
            return dict(sorted(versions.items(), reverse=True))
        if number not in versions:
            raise not_found(f"model {name!r} has no version {number}; known: {sorted(versions)}")
        return {number: versions[number]}

    def update(self, configs=()):
        """Loads the wanted versions and drops the others. One thread at a time.

        Args:
            configs: `ModelConfig`s that may have changed. As in TensorFlow Serving, one that moves
                a label to a version that is not loaded has no effect yet.
        """
        for config in configs:
            self._follow(config)
        for config in self._configs.values():
            self._update(config)

    def _find(self, name, number, label):
        """Returns the versions of a model as they are now, and the number that is asked for."""
        with self._lock:
            if name not in self._versions:
                raise not_found(f"no model {name!r}; this server has: {sorted(self._versions)}")
            labels = self._configs[name].version_labels
            if label and label not in labels:
                raise failed_precondition(
                    f"model {name!r} has no version label {label!r}; known: {sorted(labels)}"
                )
            return self._versions[name].copy(), labels[label] if label else number

    def _follow(self, config):
        known = self._configs.get(config.name)
        if known is None or config == known:
            return
        loaded = _models(self._versions[config.name])
        for label, number in config.version_labels.items():
            if known.version_labels.get(label, number) != number and number not in loaded:
                if self._refused.get(config.name) != config:
                    self._report(
                        f"{config.name}: labels and versions stay, as label {label} cannot move to "
                        f"version {number}, which is not loaded. A restart reads them anew"
                    )
                self._refused[config.name] = config
                return
        self._refused.pop(config.name, None)
        with self._lock:
            self._configs[config.name] = config

    def _update(self, config):
        versions = self._versions[config.name]
        try:
            present = version_numbers(config.base_path)
        except OSError:  # The folder may be readable again at the next look.
            present = []
        if not present:
            return
        for number in versions.keys() - present:
            if versions[number].error:
                del versions[number]
        wanted = served_versions(config.model_version_policy, present)
        for number in sorted(wanted.difference(versions), reverse=True):
            versions[number] = ModelVersion()
            versions[number] = self._load_version(config, number)
        loaded = _models(versions).keys()
        if loaded.isdisjoint(wanted):
            return  # The old version serves until a new one can.
        for number in sorted(loaded - wanted):
            with self._lock:
                del versions[number]
            self._report(f"{config.name} version {number}: unloaded")
            gc.collect()  # TensorFlow's graphs have reference cycles.

    def _load_version(self, config, number):
        try:
            version = ModelVersion(self._load(version_path(config.base_path, number)))
        except Exception as error:  # Whatever is wrong with a version, the others keep serving.
            version = ModelVersion(error=str(error) or repr(error))
        outcome = f"not loaded: {version.error}" if version.error else "ready"
        self._report(f"{config.name} version {number}: {outcome}")
        return version


def _models(versions):
    """Returns the loaded models among `ModelVersion`s, by number."""
    return {number: one.model for number, one in versions.items() if one.model is not None}
