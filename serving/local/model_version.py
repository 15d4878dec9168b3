"""One version of a model on its way from disk to serving and out again."""

import time

from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus


class ModelVersion:
    """The state of a version, as GetModelStatus reports it.

    It starts in START, is LOADING until it is AVAILABLE, UNLOADING until its last request is
    answered, and ends in END, with an error if it could not be loaded.

    Args:
        path: folder of the SavedModel.

    Attributes:
        state: a value of `ModelVersionStatus.State`.
        error: message of the last failure to load, or "".
        error_code: number of its code, 0 where there is none.
        aspired: whether it should be served.
        model: what was loaded, or None.
        users: number of requests that use the model now.
    """

    def __init__(self, path):
        self.path = path
        self.state = ModelVersionStatus.START
        self.error, self.error_code = "", 0
        self.aspired = True
        self.model = None
        self.users = 0
        self._attempts, self._next_attempt = 0, 0.0

    @property
    def available(self):
        """Whether it answers requests."""
        return self.state == ModelVersionStatus.AVAILABLE

    @property
    def ended(self):
        """Whether nothing more will happen to it."""
        return self.state == ModelVersionStatus.END

    @property
    def may_load(self):
        """Whether it waits to be loaded, and is not in the pause after a failure."""
        waits = self.state in (ModelVersionStatus.START, ModelVersionStatus.LOADING)
        return self.aspired and waits and time.monotonic() >= self._next_attempt

    def aspire(self, wanted):
        """Notes whether it should be served; one that never was loaded ends when it should not."""
        self.aspired = wanted
        if not wanted and self.state in (ModelVersionStatus.START, ModelVersionStatus.LOADING):
            self.state = ModelVersionStatus.END

    def load(self, load, retries, pause):
        """Tries to load the model.

        Args:
            load: function of the path that returns the model.
            retries: how many failures are followed by another attempt.
            pause: seconds before it.
        """
        self.state = ModelVersionStatus.LOADING
        try:
            self.model = load(self.path)
        except Exception as error:
            self.error = str(error)
            self.error_code = getattr(error, "error_code", None) or 2  # UNKNOWN
            self._attempts += 1
            self._next_attempt = time.monotonic() + pause
            if self._attempts > retries:
                self.state = ModelVersionStatus.END
        else:
            self.error, self.error_code = "", 0
            self.state = ModelVersionStatus.AVAILABLE
