"""Loads the newest versions of each model, and finds the one that a request asks for."""

import gc

from serving.local.model_version import ModelVersion
from serving.request_error import not_found
from serving.versions import version_numbers, version_path


class ModelManager:
    """The loaded versions of each model, which follow the folders on disk.

    A new version is loaded before the old one is dropped. Requests that run on the old one hold a
    reference to it, so that it is freed after its last answer. A version that cannot be loaded is
    not tried again until its folder has gone and come back. If a folder has no versions at all,
    what is loaded stays.

    Args:
        configs: `ModelConfig`s.
        load: Function of a path that returns a model.
        report: Function that is called with a line of text when a version changes.
    """

    def __init__(self, configs, load, report=lambda line: None):
        self._configs, self._load, self._report = configs, load, report
        # name -> {number: ModelVersion}; `update` replaces entries, requests read them.
        self._versions = {config.name: {} for config in configs}

    def get(self, name, number=None):
        """Returns `(number, model)` of a version, by default the newest.

        Args:
            name: Name of the model.
            number: Number of the version, or None.

        Raises:
            RequestError: NOT_FOUND if it is not loaded.
        """
        versions = self._find(name)
        models = {n: one.model for n, one in versions.items() if one.model is not None}
        if number is None and models:
            number = max(models)
        if number not in models:
            wanted = "versions" if number is None else f"version {number}"
            raise not_found(f"model {name!r} has no {wanted} to serve; loaded: {sorted(models)}")
        return number, models[number]

    def status(self, name, number=None):
        """Returns a dict of number -> `ModelVersion`, newest first.

        Args:
            name: Name of the model.
            number: Number of the only version to return, or None for all, including those that
                are loading or could not be loaded.

        Raises:
            RequestError: NOT_FOUND if there is no such model or no version of this number.
        """
        versions = self._find(name)
        if number is None:
            return dict(sorted(versions.items(), reverse=True))
        if number not in versions:
            raise not_found(f"model {name!r} has no version {number}; known: {sorted(versions)}")
        return {number: versions[number]}

    def update(self):
        """Loads the newest versions in the folders and drops the others. One thread at a time."""
        for config in self._configs:
            self._update(config)

    def _find(self, name):
        if name not in self._versions:
            raise not_found(f"no model {name!r}; this server has: {sorted(self._versions)}")
        return self._versions[name].copy()  # `update` may change it at any moment

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
        wanted = present[-config.num_versions :]
        for number in reversed(wanted):
            if number not in versions:
                versions[number] = ModelVersion()
                versions[number] = self._load_version(config, number)
        loaded = {number for number, version in versions.items() if version.model is not None}
        if loaded.isdisjoint(wanted):
            return  # The old version serves until a new one can.
        for number in sorted(loaded.difference(wanted)):
            del versions[number]
            self._report(f"{config.name} version {number}: unloaded")
            gc.collect()  # TensorFlow's graphs have reference cycles.

    def _load_version(self, config, number):
        try:
            version = ModelVersion(self._load(version_path(config.base_path, number)))
        except Exception as error:  # Whatever is wrong with a version, the others go on serving.
            version = ModelVersion(error=str(error) or repr(error))
        outcome = f"not loaded: {version.error}" if version.error else "ready"
        self._report(f"{config.name} version {number}: {outcome}")
        return version
