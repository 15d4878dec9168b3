import json
import pathlib
import random

from tests.campaign import commands, report, run
from tests.campaign.mutations import mutated
from tests.campaign.trials import Trials


def test_trials_end_with_their_count_or_their_time(tmp_path):
    assert list(Trials(tmp_path, 7, 3, seconds=60)) == [7, 8, 9]
    assert list(Trials(tmp_path, 7, 3, seconds=-1)) == []


def test_a_failure_is_in_the_document_with_the_seed_that_repeats_it(tmp_path):
    trials = Trials(tmp_path, 5, 2, seconds=60)
    for seed in trials:
        if seed == 6:
            trials.fail(seed, "lost a version")
    trials.save(tmp_path / "push.json")
    result = json.loads((tmp_path / "push.json").read_text())

    text = report.markdown({"push": result}, {"push": ("SIGKILL of a push", "kills", 20)}, 5, 60)

    assert "* `--parts=push --seed=6`: lost a version" in text
    assert "2 of 20 kills" in text


def test_a_seed_repeats_its_damage():
    content = bytes(range(200))

    assert mutated(content, random.Random(3)) == mutated(content, random.Random(3)) != content


def test_a_part_that_crashes_is_a_failure_of_the_trial_it_was_in(tmp_path, monkeypatch):
    (tmp_path / "kill_1").mkdir()
    (tmp_path / "kill_1" / "seed").write_text("12")
    monkeypatch.setattr(run.sys, "executable", "/bin/false")

    result = run._in_own_process("kill", 10, 0.1, tmp_path)

    assert result["count"] == 2 and result["failures"][0][0] == 12


def test_every_part_has_its_file():
    parts = {path.stem for path in (pathlib.Path(run.__file__).parent / "parts").glob("*.py")}

    assert parts == set(run.PARTS)


def test_flags_are_written_as_a_command_line_has_them():
    assert commands.words({"steps": 3, "evaluate": False, "quiet": True}) == [
        *("--steps=3", "--noevaluate", "--quiet")
    ]
