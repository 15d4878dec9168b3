import importlib.util
import subprocess
import sys

import pytest

from tests.datasets.ntu_rgbd.bodies import moving
from tests.datasets.ntu_rgbd.write_skeleton_files import text

SECONDS = 5
MODULE = "tests.datasets.ntu_rgbd.fuzz_skeleton_file"
needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed (pip install -r requirements-fuzz.txt)",
)


def fuzz(corpus, *command):
    corpus.mkdir(exist_ok=True)
    one = text(moving(2), end="\n").replace("72057594037931101", "7")
    (corpus / "one").write_text(one)
    (corpus / "empty frames").write_text("3\n0\n0\n0\n")
    (corpus / "two").write_text(one.replace("2\n1", "2\n0\n1", 1))
    flags = [f"-max_total_time={SECONDS}", "-timeout=5", "-rss_limit_mb=1024"]
    return subprocess.run(
        [sys.executable, *command, str(corpus), f"-artifact_prefix={corpus}-", *flags],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@needs_atheris
def test_a_short_search_finds_no_bytes_that_break_the_parser(tmp_path):
    result = fuzz(tmp_path / "corpus", "-m", MODULE)

    assert result.returncode == 0, result.stderr[-3000:]
    assert "Done " in result.stderr


BREAKING = f"""
import runpy, sys
from datasets.ntu_rgbd import skeleton_file

def breaks(file, data):
    1 / (data[:1] != b"3")
    return 0, {{}}

skeleton_file.parse = breaks
sys.argv[0] = {MODULE!r}
runpy.run_module({MODULE!r}, run_name="__main__")
"""


@needs_atheris
def test_the_search_would_find_them(tmp_path):
    result = fuzz(tmp_path / "corpus", "-c", BREAKING)

    assert result.returncode != 0
    assert "ZeroDivisionError" in result.stdout + result.stderr
