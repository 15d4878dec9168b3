import hashlib
import json

import pytest

from serving.errors import UserError
from serving.pushing.blessing import check_blessing, write_blessing


@pytest.fixture
def version(tmp_path):
    folder = tmp_path / "3"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"graph")
    (folder / "variables" / "data").write_bytes(b"weights")
    return folder


def test_a_blessing_records_the_checks_and_the_files(version):
    write_blessing(version, "models/small/1", {"evaluation": {"mmd_seq": {"value": 0.2}}})

    blessing = json.loads((version / "blessing.json").read_text())
    assert blessing["source"] == "models/small/1"
    assert blessing["evaluation"]["mmd_seq"]["value"] == 0.2
    assert blessing["time"].endswith("+00:00")
    assert blessing["sha256"] == {
        "saved_model.pb": hashlib.sha256(b"graph").hexdigest(),
        "variables/data": hashlib.sha256(b"weights").hexdigest(),
    }
    check_blessing(version)


def test_a_version_may_be_blessed_again(version):
    write_blessing(version, "one", {})
    write_blessing(version, "other", {})

    check_blessing(version)


@pytest.mark.parametrize(
    "change",
    [
        lambda version: (version / "variables" / "data").write_bytes(b"other"),
        lambda version: (version / "variables" / "data").unlink(),
        lambda version: (version / "variables" / "data").rename(version / "variables" / "more"),
        lambda version: (version / "variables" / "more").touch(),
    ],
)
def test_a_version_that_was_changed_is_not_blessed(version, change):
    write_blessing(version, "one", {})
    change(version)

    with pytest.raises(UserError, match="3 has changed since it was blessed: variables/"):
        check_blessing(version)


def test_a_version_without_a_valid_blessing_is_not_blessed(version):
    with pytest.raises(UserError, match="3 is not blessed"):
        check_blessing(version)
    for text in ("{", "[]", "{}", ""):
        (version / "blessing.json").write_text(text)
        with pytest.raises(UserError, match=r"blessing.json is damaged"):
            check_blessing(version)
