import shutil

import pytest

from serving.errors import UserError
from serving.pushing import infra_validation
from tests.small_export import small_export


@pytest.fixture
def copy(tmp_path):
    """A copy of an export, for tests that damage it."""
    return shutil.copytree(small_export().path, tmp_path / "1")


def test_an_export_whose_weights_are_damaged_is_refused(copy):
    (data,) = (copy / "variables").glob("*.data-*")
    content = bytearray(data.read_bytes())
    content[1000:3000] = bytes(2000)
    data.write_bytes(content)

    with pytest.raises(UserError, match="cannot be loaded: .*Checksum does not match"):
        infra_validation.validate(copy)


def test_an_export_that_needs_too_long_is_refused(copy):
    with pytest.raises(UserError, match="not ready within 0.5 seconds"):
        infra_validation.validate(copy, seconds=0.5)


def test_an_export_that_needs_too_much_memory_is_refused(copy):
    with pytest.raises(UserError, match="the model needs more than 150 MiB of memory"):
        infra_validation.validate(copy, megabytes=150)


@pytest.fixture
def found(monkeypatch):
    """The result of the other process, which is not started."""
    found = {"differences": {"generate": {"largest": 9.0, "mean": 0.0}}}
    monkeypatch.setattr(infra_validation, "replay", lambda *arguments: found)
    return found


@pytest.mark.parametrize(
    ("mean", "passes"), [(0.0009, True), (0.0011, False), (1.0, False), (float("nan"), False)]
)
def test_small_differences_pass_and_another_motion_does_not(found, mean, passes):
    found["differences"]["generate"]["mean"] = mean

    if passes:
        assert infra_validation.validate("1") is found
    else:
        with pytest.raises(UserError, match="signature 'generate' is off by .* on average"):
            infra_validation.validate("1")
