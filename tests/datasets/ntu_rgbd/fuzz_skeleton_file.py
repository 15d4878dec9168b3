"""Lets atheris look for bytes that the parser of `.skeleton` files can't cope with.

python -m tests.datasets.ntu_rgbd.fuzz_skeleton_file CORPUS -max_total_time=60

CORPUS is a folder of small files to begin with; what atheris learns is added to it. Any exception
but the parser's own ends the search. The flags are those of libFuzzer. Needs the package of
requirements-fuzz.txt.
"""

import importlib
import sys

# By name, as it is not among the packages of requirements.txt.
atheris = importlib.import_module("atheris")

with atheris.instrument_imports(include=["datasets.ntu_rgbd"]):
    from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
    from datasets.ntu_rgbd.skeleton_file import parse


def check(data):
    """Reads a file; what is accepted has to be what was announced."""
    try:
        length, bodies = parse("fuzz.skeleton", data)
    except DamagedFileError as error:
        if error.line is not None and not 1 <= error.line <= data.count(b"\n") + 1:
            raise AssertionError(f"line {error.line} doesn't exist") from error
        return
    for body in bodies.values():
        if body.joints.shape != (len(body.frames), 25, 12) or body.frames[-1] >= length:
            raise AssertionError(f"{body.joints.shape} joints in frames {body.frames} of {length}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
