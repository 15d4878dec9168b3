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
    checks = {"evaluation": {"mmd_seq": {"value": 0.2}}}
    write_blessing(version, "models/small/1", "served/small", "served/small/2", checks)

    blessing = json.loads((version / "blessing.json").read_text())
    assert (blessing["blessed"], blessing["pushed"]) == (1, 1)
    assert blessing["current_model"] == "models/small/1"
    assert blessing["baseline_model"] == "served/small/2"
    assert blessing["pushed_destination"] == "served/small"
    assert (version / "BLESSED").read_bytes() == (version / "INFRA_BLESSED").read_bytes() == b""
    assert blessing["evaluation"]["mmd_seq"]["value"] == 0.2
    assert blessing["time"].endswith("+00:00")
    assert blessing["sha256"] == {
        "saved_model.pb": hashlib.sha256(b"graph").hexdigest(),
        "variables/data": hashlib.sha256(b"weights").hexdigest(),
    }
    check_blessing(version)


def test_a_version_may_be_blessed_again(version):
    write_blessing(version, "one", "served", None, {})
    write_blessing(version, "other", "served", None, {})

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
    write_blessing(version, "one", "served", None, {})
    change(version)

    with pytest.raises(UserError, match="3 has changed since it was blessed: variables/"):
        check_blessing(version)


def test_a_version_without_a_valid_blessing_is_not_blessed(version):
    with pytest.raises(UserError, match="3 is not blessed"):
        check_blessing(version)
    for text in ("{", "[]", "{}", "", '{"sha256": []}', '{"sha256": {"a": []}}'):
        (version / "blessing.json").write_text(text)
        with pytest.raises(UserError, match=r"blessing.json is damaged"):
            check_blessing(version)
