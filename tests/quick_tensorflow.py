"""A setting of TensorFlow with which processes that create many small models take less time."""

from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context


def run_operations_directly():
    """Runs the kernel of each eager operation, not a function that contains the operation.

    TensorFlow makes a function of each new operation, such as the creation of another variable, and
    all passes over graphs look at it, XLA's too. That takes about a millisecond, and half the time
    of creating a model. The kernels are the same, and so is what is traced.
    """
    running = context.context()
    running.ensure_initialized()
    pywrap_tfe.TFE_ContextSetRunEagerOpAsFunction(running._handle, False)
