"""Several processes start on data that are not prepared yet."""

import pathlib
import subprocess
import sys

from tests.bvh_folder import write_bvh_folder

ROOT = pathlib.Path(__file__).parents[3]
LOAD = """
import sys
from sagcn_tf.data import input_pipeline
data = input_pipeline.load("motion_folder", *sys.argv[1:])
print(len(data.train.labels), "sequences", data.fingerprint)
"""


def test_one_process_prepares_and_the_others_read(tmp_path):
    bvh = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    command = [sys.executable, "-c", LOAD, str(tmp_path / "data"), str(bvh)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes = [subprocess.Popen(command, **options) for _ in range(3)]
    outputs = [process.communicate() for process in processes]

    for process, (_, errors) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, errors
    assert len({output.splitlines()[-1] for output, _ in outputs}) == 1
    assert outputs[0][0].splitlines()[-1].startswith("6 sequences")
