"""The state of one version of a model."""

import dataclasses
from typing import Any

from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus


@dataclasses.dataclass(frozen=True)
class ModelVersion:
    """A version that is loading (without arguments), loaded, or that could not be loaded.

    Attributes:
        model: The loaded model, or None.
        error: Why it could not be loaded, or "".
    """

    model: Any = None
    error: str = ""

    @property
    def state(self):
        """The value of `ModelVersionStatus.State`."""
        if self.model is not None:
            return ModelVersionStatus.AVAILABLE
        return ModelVersionStatus.END if self.error else ModelVersionStatus.LOADING
