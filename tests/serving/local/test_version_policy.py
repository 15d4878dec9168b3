import pytest
from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
    FileSystemStoragePathSourceConfig,
)

from serving.local.version_policy import aspired_versions

Policy = FileSystemStoragePathSourceConfig.ServableVersionPolicy


@pytest.fixture
def folder(tmp_path):
    for name in ("1", "2", "0010", ".exporting-3", "4.part", "latest", "1e3", "1_0", str(2**63)):
        (tmp_path / name).mkdir()
    return tmp_path


def test_the_newest_version_is_served_by_default(folder):
    assert aspired_versions(folder, Policy()) == {10: str(folder / "0010")}


def test_more_of_the_newest_where_the_policy_says_so(folder):
    policy = Policy(latest=Policy.Latest(num_versions=2))

    assert set(aspired_versions(folder, policy)) == {10, 2}


def test_all_are_those_whose_name_is_a_number(folder):
    assert set(aspired_versions(folder, Policy(all=Policy.All()))) == {1, 2, 10}


def test_specific_versions_where_they_are_there(folder):
    policy = Policy(specific=Policy.Specific(versions=[2, 7]))

    assert aspired_versions(folder, policy) == {2: str(folder / "2")}


def test_an_empty_folder_has_none_and_a_missing_one_is_an_error(tmp_path):
    assert aspired_versions(tmp_path, Policy()) == {}
    with pytest.raises(FileNotFoundError):
        aspired_versions(tmp_path / "nowhere", Policy())
