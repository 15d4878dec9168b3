import json

from datasets import raw_files_report


def test_a_report_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path):
    for reasons in ([], [{"file": "a.bvh", "reason": "no joints"}]):
        path = raw_files_report.write(tmp_path, {"damaged": reasons})

        assert json.loads(path.read_text()) == {"damaged": reasons}
    assert [one.name for one in tmp_path.iterdir()] == [raw_files_report.NAME]
