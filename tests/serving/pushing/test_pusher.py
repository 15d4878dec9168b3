import errno
import json
import os
import pathlib
import shutil
import threading

import pytest

from serving.errors import UserError
from serving.pushing import infra_validation, pusher
from serving.pushing.blessing import check_blessing
from serving.pushing.evaluation import Thresholds
from serving.versions import version_numbers
from tests.small_export import copied_export


@pytest.fixture(autouse=True)
def validated(monkeypatch):
    """Replaces the validation in another process, which takes seconds; a list of its folders."""
    folders = []

    def validate(folder, seconds, megabytes):
        assert (folder / "saved_model.pb").exists()
        folders.append(folder)
        return {"requests": 18, "limits": [seconds, megabytes], "not_replayed": ["attend"]}

    monkeypatch.setattr(infra_validation, "validate", validate)
    return folders


@pytest.fixture
def base_path(tmp_path):
    return tmp_path / "served" / "small"


@pytest.fixture
def export(tmp_path):
    """A function that returns an export with the given metrics."""
    count = iter(range(1, 100))
    return lambda **measured: copied_export(tmp_path / "models" / str(next(count)), **measured)


def push(model_dir, base_path, progress=lambda line: None, **thresholds):
    return pusher.push(model_dir, base_path, Thresholds(**thresholds), 60, 2048, progress)


def names_in(base_path):
    """The names in a served folder, without the lock."""
    return sorted(path.name for path in base_path.iterdir() if path.name != ".push.lock")


def contents(folder):
    """The contents of all files of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_a_good_model_is_pushed_completely_and_blessed(export, base_path, validated):
    model_dir = export(mmd_seq=0.2)
    said = []

    path = push(model_dir, base_path, said.append, max_mmd_seq=0.3)

    assert path == base_path / "1"
    check_blessing(path)
    pushed = contents(path)
    for marker in ("BLESSED", "INFRA_BLESSED"):
        assert pushed.pop(pathlib.Path(marker)) == b""
    blessing = json.loads(pushed.pop(pathlib.Path("blessing.json")))
    assert pushed == contents(model_dir)
    assert blessing["current_model"] == str(model_dir)
    assert blessing["pushed_destination"] == str(base_path)
    assert blessing["baseline_model"] is None
    assert blessing["evaluation"]["mmd_seq"] == {"value": 0.2, "at most": 0.3}
    assert blessing["infra_validation"]["limits"] == [60, 2048]
    assert [line[:3] for line in said] == ["1/3", "2/3", "3/3", "   "]
    assert said[-1] == "    signature attend: not tried, the export has no request for it"
    # The validated folder is the copy that is served, before a server can see it.
    (tried,) = validated
    assert tried.parent == base_path and tried.name.startswith(".pushing-")
    assert names_in(base_path) == ["1"]


def test_a_model_as_good_as_the_served_one_follows_it(export, base_path):
    push(export(mmd_seq=0.2), base_path)

    path = push(export(mmd_seq=0.21), base_path)

    assert path == base_path / "2"
    blessing = json.loads((path / "blessing.json").read_text())
    assert blessing["baseline_model"] == str(base_path / "1")
    assert blessing["evaluation"]["mmd_seq beside the served version"]["served"] == 0.2


def break_validation(monkeypatch):
    def refuse(folder, seconds, megabytes):
        raise UserError("cannot be loaded")

    monkeypatch.setattr(infra_validation, "validate", refuse)


def fill_disk(monkeypatch):
    copyfile = shutil.copyfile

    def copy_until_full(source, target, **kwargs):
        if not os.fspath(source).endswith("tf_serving_warmup_requests"):
            return copyfile(source, target, **kwargs)
        pathlib.Path(target).write_bytes(b"the first half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)

    monkeypatch.setattr(shutil, "copyfile", copy_until_full)


@pytest.mark.parametrize(
    ("measured", "change", "message"),
    [
        ({"mmd_seq": 0.31}, None, "mmd_seq is 0.31, expected at most 0.3"),
        (
            {"mmd_seq": 0.26},
            None,
            "mmd_seq beside the served version is 0.26, expected at most 0.228",
        ),
        ({"diversity": 0.1}, None, "diversity is 0.2"),
        ({}, break_validation, "cannot be loaded"),
        ({}, fill_disk, "small cannot be written: .*No space left on device"),
    ],
    ids=["beyond a threshold", "worse than the served one", "collapsed", "broken", "disk full"],
)
def test_a_model_that_is_refused_changes_nothing(
    export, base_path, monkeypatch, measured, change, message
):
    push(export(mmd_seq=0.2), base_path)
    candidate = export(**measured)
    before = contents(base_path)
    if change:
        change(monkeypatch)

    with pytest.raises(UserError, match=message):
        push(candidate, base_path, max_mmd_seq=0.3)

    assert contents(base_path) == before
    assert names_in(base_path) == ["1"]


def test_leftovers_of_a_killed_push_are_deleted(export, base_path, monkeypatch):
    left = base_path / ".pushing-of-a-process-that-was-killed"
    left.mkdir(parents=True)
    (left / "saved_model.pb").touch()
    foreign = base_path / ".exporting-by-another-process"
    foreign.mkdir()

    path = push(export(), base_path)

    assert path == base_path / "1"
    assert names_in(base_path) == [foreign.name, "1"]


def test_of_two_pushes_at_once_one_is_refused(export, base_path, monkeypatch):
    validating, go_on = threading.Event(), threading.Event()

    def validate_slowly(folder, seconds, megabytes):
        validating.set()
        assert go_on.wait(60)
        return {"not_replayed": []}

    monkeypatch.setattr(infra_validation, "validate", validate_slowly)
    first, second = export(mmd_seq=0.2), export(mmd_seq=0.1)
    thread = threading.Thread(target=push, args=[first, base_path])
    thread.start()
    try:
        assert validating.wait(60)
        with pytest.raises(UserError, match="another push into .*small is running"):
            push(second, base_path)
        with pytest.raises(UserError, match="another push into .*small is running"):
            pusher.roll_back(base_path)
    finally:
        go_on.set()
        thread.join()

    assert version_numbers(base_path) == [1]
    assert push(second, base_path) == base_path / "2"


def test_a_served_version_without_metrics_is_not_compared(export, base_path):
    shutil.copytree(export(), base_path / "7")
    (base_path / "7" / "assets.extra" / "metrics.json").unlink()
    said = []

    path = push(export(mmd_seq=0.3), base_path, said.append)

    assert path == base_path / "8"
    assert json.loads((path / "blessing.json").read_text())["baseline_model"] is None
    assert any("not compared with the served version 7" in line for line in said)


def test_a_folder_that_is_not_an_export_is_refused(export, base_path, tmp_path):
    export()
    with pytest.raises(UserError, match=r"models is not .* newest version is .*models/1: give"):
        push(tmp_path / "models", base_path)
    with pytest.raises(UserError, match="nowhere is not an exported version. Export a run with"):
        push(tmp_path / "nowhere", base_path)
    assert not base_path.exists()


def test_a_folder_that_cannot_be_created_is_named(export, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="file/small cannot be written"):
        push(export(), tmp_path / "file" / "small")


def test_rolling_back_makes_the_previous_blessed_version_the_newest(export, base_path):
    model_dir = export()
    for _ in range(3):
        push(model_dir, base_path)
    unblessed = base_path / "2"
    (unblessed / "saved_model.pb").write_bytes(b"changed")

    path, withdrawn = pusher.roll_back(base_path)

    assert path == base_path / "1"
    assert withdrawn == [base_path / "withdrawn" / "2", base_path / "withdrawn" / "3"]
    assert version_numbers(base_path) == [1]
    assert version_numbers(base_path / "withdrawn") == [2, 3]
    check_blessing(base_path / "withdrawn" / "3")


def test_the_served_version_is_withdrawn_last(export, base_path, monkeypatch):
    model_dir = export()
    for _ in range(3):
        push(model_dir, base_path)
    (base_path / "2" / "blessing.json").unlink()
    seen, rename = [], os.rename

    def watch(source, target):
        rename(source, target)
        seen.append(max(version_numbers(base_path)))

    monkeypatch.setattr(os, "rename", watch)
    pusher.roll_back(base_path)

    assert seen == [3, 1]  # never version 2, which is not blessed


def test_a_withdrawn_number_is_not_used_again(export, base_path):
    model_dir = export()
    push(model_dir, base_path)
    push(model_dir, base_path)
    pusher.roll_back(base_path)

    assert push(model_dir, base_path) == base_path / "3"
    assert pusher.roll_back(base_path)[0] == base_path / "1"


def test_without_an_earlier_blessed_version_nothing_is_rolled_back(export, base_path):
    push(export(), base_path)
    before = contents(base_path)

    with pytest.raises(UserError, match="no blessed version to return to: there is no earlier"):
        pusher.roll_back(base_path)

    (base_path / "0").mkdir()
    with pytest.raises(UserError, match="no blessed version to return to: .*0 is not blessed"):
        pusher.roll_back(base_path)
    assert contents(base_path) == before
    with pytest.raises(UserError, match="--base_path=.*nowhere cannot be changed"):
        pusher.roll_back(base_path / "nowhere")
