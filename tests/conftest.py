"""Settings of all tests."""

import gc
import os
import sys

from tests.shared_folder import shared_root

# XLA compiles several times as fast when it does not optimize, and computes the same.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)

# What the modules of the tests import stays. To look through it for garbage takes a quarter of the
# time of collecting them, and some of that of each test.
gc.disable()


def pytest_configure():
    shared_root()  # before the workers start, which share it


def pytest_collection_finish():
    gc.enable()
    gc.freeze()
    if "tensorflow" in sys.modules:  # it takes seconds to import, and not all tests need it
        from tests.quick_tensorflow import run_operations_directly

        run_operations_directly()
