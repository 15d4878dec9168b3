"""Settings of all tests."""

import os

# XLA compiles several times as fast when it does not optimize, and computes the same.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)
