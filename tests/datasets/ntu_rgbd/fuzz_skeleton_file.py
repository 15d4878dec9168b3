"""Fuzzes the parser of `.skeleton` files with atheris.

python -m tests.datasets.ntu_rgbd.fuzz_skeleton_file CORPUS -max_total_time=60

CORPUS is a folder of small seed files; atheris adds the inputs that it finds. Any exception other
than `DamagedFileError` ends the search. The flags are those of libFuzzer. Needs the package in
requirements-fuzz.txt.
"""

import importlib
import sys

# Imported by name, because it is not in requirements.txt.
atheris = importlib.import_module("atheris")

with atheris.instrument_imports(include=["datasets.ntu_rgbd"]):
    from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
    from datasets.ntu_rgbd.skeleton_file import parse


def check(data):
    """Parses a file and checks that the result is consistent."""
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
