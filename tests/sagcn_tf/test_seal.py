import shutil
import subprocess

import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.seal import check_seal, is_sealed, seal, writable_dir


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "run" / "weights").mkdir(parents=True)
    (tmp_path / "run" / "weights" / "data").write_bytes(bytes(range(256)))
    (tmp_path / "run" / "config.json").write_text("{}")
    seal(tmp_path / "run", ["config.json", "weights/data"])
    return tmp_path / "run"


def test_the_list_is_one_that_sha256sum_checks(sealed):
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    subprocess.run(command, cwd=sealed, check=True, capture_output=True)


def test_a_changed_or_missing_file_is_named(sealed):
    check_seal(sealed)
    (sealed / "weights" / "data").write_bytes(bytes(range(255)) + b"\0")
    with pytest.raises(UserError, match="weights/data is not the file that was published"):
        check_seal(sealed)
    (sealed / "weights" / "data").unlink()
    with pytest.raises(UserError, match="lists 'weights/data', which cannot be read"):
        check_seal(sealed)


def test_what_is_written_about_a_sealed_run_stands_beside_other_runs(sealed, tmp_path):
    assert str(writable_dir(sealed)) == "runs/run"
    assert not is_sealed(tmp_path) and writable_dir(tmp_path) == tmp_path
