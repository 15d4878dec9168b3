"""The configuration file of the servers of a model: which versions they load, and labels."""

import time

from google.protobuf import text_format

from serving.errors import UserError
from serving.files import atomic_write
from serving.model_server_config import read_model_server_config, served_versions

_HEADER = "# A ModelServerConfig. python -m serving.push writes the versions and labels.\n"


class ModelConfigFile:
    """The entry of one model in a `ModelServerConfig` file that servers reread.

    TensorFlow Serving moves a label only to a version that is loaded; otherwise it refuses the
    whole file. So a label moves in two steps: `load` the version, then `move_labels`.

    Args:
        path: The file.
        name: Name of the model in it.
        present: Function that returns the sorted numbers of the versions on disk.
        settle_seconds: Time that servers get to reread the file and to load a version. One that
            misses a state, because it loads for longer, refuses the next ones until a restart.

    Raises:
        UserError: If there is no such file or model.
    """

    def __init__(self, path, name, present, settle_seconds):
        self._path, self._present, self.settle_seconds = path, present, settle_seconds
        self._config = read_model_server_config(path)
        models = {model.name: model for model in self._config.model_config_list.config}
        if name not in models:
            raise UserError(
                f"{path}: expected the model {name!r}, as the served folder is called, got "
                f"{sorted(models)}"
            )
        self._model = models[name]

    @property
    def labels(self):
        """Dict of label -> number of the version."""
        return dict(self._model.version_labels)

    def load(self, number):
        """Adds a version to those that servers load, and waits until they have."""
        others = sorted(set(self._present()) - {number})
        self._write(served_versions(self._model.model_version_policy, others) | {number})

    def move_labels(self, labels, number):
        """Moves labels to a loaded version; versions without a label but the newest are dropped.

        Args:
            labels: Names of the labels.
            number: The version; from now on it is the newest.
        """
        for label in labels:
            self._model.version_labels[label] = number
        self._write({number} | set(self.labels.values()), wait=False)

    def withdraw(self, number):
        """Moves the labels of all later versions to a version, and drops the later ones."""
        self.load(number)
        later = [label for label, labeled in self.labels.items() if labeled > number]
        self.move_labels(later, number)
        self._wait()  # Until then, servers need the folders of the later versions.

    def _write(self, numbers, wait=True):
        before = self._model.SerializeToString(deterministic=True)
        specific = self._model.model_version_policy.specific
        specific.versions[:] = sorted(numbers & set(self._present()))
        text = _HEADER + text_format.MessageToString(self._config)
        with atomic_write(self._path) as temporary:
            temporary.write_text(text, encoding="utf-8")
        if wait and self._model.SerializeToString(deterministic=True) != before:
            self._wait()

    def _wait(self):
        time.sleep(self.settle_seconds)
