import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.files import write_json
from sagcn_tf.web.catalog import open_sources
from tests.small_data import CLASS_NAMES, FRAMES, small_config, small_data


@pytest.fixture
def run_dir(tmp_path):
    small_config().save(tmp_path / "config.json")
    write_json(tmp_path / "data.json", small_data().describe())
    return tmp_path


def add_checkpoint(run_dir, kind, step):
    path = run_dir / "checkpoints" / kind / f"ckpt-{step}.index"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_the_last_checkpoint_is_a_model_of_its_own_if_it_is_not_the_best(run_dir):
    name = str(run_dir)
    add_checkpoint(run_dir, "last", 4)
    assert list(open_sources([name])) == [f"{name}:last"]

    add_checkpoint(run_dir, "best", 4)
    assert list(open_sources([name])) == [name]

    add_checkpoint(run_dir, "last", 6)
    sources = open_sources([name])
    assert list(sources) == [name, f"{name}:last"]
    assert sources[name].data.class_names == CLASS_NAMES and sources[name].frames == FRAMES


def test_a_run_without_checkpoints_is_refused(run_dir, tmp_path):
    with pytest.raises(UserError, match="has no checkpoint yet"):
        open_sources([str(run_dir)])
    with pytest.raises(UserError, match="is not a run"):
        open_sources([str(tmp_path / "nowhere")])
