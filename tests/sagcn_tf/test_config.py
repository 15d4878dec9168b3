import dataclasses
import json
import math
import typing

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from sagcn_tf.config import DATASETS, MODELS, Config, default_preset, make_config
from sagcn_tf.errors import UserError
from sagcn_tf.models.systems import SYSTEMS

FIELDS = dataclasses.fields(Config)
NAMES = [field.name for field in FIELDS]
# For each field a valid value that differs from the default.
OTHER = {
    "maps": (7, 8),
    "filters": (1, 2, 3, 4, 5),
    "sequence_maps": (5, 6, 7, 8),
    "frame_maps": (6, 7, 8, 9),
    "frames": 64,
    "real_target": 0.9,
    "beta_1": 0.0,
    "learning_rate": 0.01,
}


def other_value(field):
    if field.name in OTHER:
        return OTHER[field.name]
    if field.type is bool:
        return not field.default
    if field.type is str:
        return next(value for value in field.metadata["allowed"] if value != field.default)
    return field.default + 1 if field.type is int else 0.75


def is_tuple(field):
    return typing.get_origin(field.type) is tuple


def test_the_preset_paper_has_the_values_of_the_paper():
    config = make_config(preset="paper")

    assert config == Config()
    assert (config.top_k, config.k_frame, config.batch_size, config.frames) == (5, 20, 100, 50)
    assert config.filters == (32, 64, 64, 128, 128)
    assert config.learning_rate == 2e-4
    assert not config.ema_decay


def test_the_preset_authors_adds_what_their_code_has_to_the_paper():
    paper, authors = (dataclasses.asdict(make_config(preset=one)) for one in ("paper", "authors"))

    assert {
        name: (paper[name], authors[name]) for name in paper if paper[name] != authors[name]
    } == {
        "preset": ("paper", "authors"),
        "label_after_sum": (False, True),
        "attention_residual": ("none", "gated"),
        "real_target": (1.0, 0.9),
    }


def test_the_preset_small_is_tuned_with_smaller_networks():
    tuned, small = make_config(preset="tuned"), make_config(preset="small")

    narrower = {"maps", "filters", "sequence_width", "frame_width", "modes"}
    training = {"steps", "learning_rate", "decay_from", "ema_decay"}
    training |= {"preset", "evaluate_every", "clips_per_class"}
    other = narrower | training | {"activation"}
    for name in narrower:
        assert np.sum(getattr(small, name)) < np.sum(getattr(tuned, name))
    for field in FIELDS:
        if field.name not in other:
            assert getattr(small, field.name) == getattr(tuned, field.name), field.name


@pytest.mark.parametrize(
    ("model", "preset"), [(model, preset) for model in MODELS for preset in SYSTEMS[model].presets]
)
def test_a_preset_names_itself_and_its_system(model, preset):
    config = make_config(model=model, preset=preset)

    assert (config.model, config.preset) == (model, preset)


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_data_set_has_a_default_preset(dataset):
    expected = "small" if dataset.startswith("synthetic") else "tuned"

    assert default_preset(dataset) == expected
    assert make_config(dataset) == Config(
        **{**SYSTEMS["sagcn"].presets[expected], "dataset": dataset, "preset": expected}
    )


@pytest.mark.parametrize("model", MODELS)
def test_each_system_has_a_preset_as_published_and_one_for_the_built_in_data(model):
    assert make_config("human36m", "paper", model).model == model
    assert make_config(model=model).preset == "small"


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(
        UserError, match="preset must be one of .*'paper', 'authors', 'tuned', 'small'.*'big'"
    ):
        make_config(preset="big")


def test_a_setting_of_another_system_is_refused():
    with pytest.raises(UserError, match="kl_weight is a setting of skeleton_vae; sagcn has none"):
        make_config(kl_weight=0.1)
    with pytest.raises(UserError, match="top_k is a setting of sagcn; epva has none"):
        make_config(model="epva", top_k=3)


def test_a_setting_of_other_networks_is_refused():
    with pytest.raises(
        UserError, match="noise_dim is a setting of preset paper and authors; tuned"
    ):
        make_config(preset="tuned", noise_dim=3)
    with pytest.raises(UserError, match="waves is a setting of preset tuned and small; paper has"):
        make_config(preset="paper", waves=3)


def test_the_stage_of_single_poses_ends_before_the_run_does():
    with pytest.raises(UserError, match="pose_steps must be less than steps = 7, got 7"):
        make_config(model="skeleton_gan", steps=7, pose_steps=7)


def test_an_unknown_system_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="model must be one of .*'sagcn'.*'sagan'"):
        make_config(model="sagan")


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
def test_each_field_can_be_overridden_alone(field):
    value = other_value(field)
    assert value != field.default

    changed = Config(**{field.name: value})

    assert getattr(changed, field.name) == value
    assert dataclasses.replace(changed, **{field.name: field.default}) == Config()


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
def test_each_field_says_what_it_means(field):
    assert len(field.metadata["help"]) > 5


@pytest.mark.parametrize("field", [field for field in FIELDS if field.type in (int, float)])
def test_the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_not(field):
    low, high = field.metadata["allowed"]
    valid = {"k_frame": 2} if field.name == "frames" else {}
    high_valid = min(high, 50) if field.name == "k_frame" else high

    assert getattr(Config(**{**valid, field.name: low}), field.name) == low
    assert getattr(Config(**{field.name: high_valid}), field.name) == high_valid
    step = 1 if field.type is int else 1e-6 * max(abs(low), 1e-3)
    for beyond in (low - step, high + step * max(1, high)):
        with pytest.raises(UserError, match=f"^{field.name} must be {field.type.__name__} from"):
            Config(**{field.name: beyond})


def wrong_values(field):
    """Values that a field must refuse: of another type, outside its range, or no number at all."""
    text = strategies.text(max_size=5).filter(lambda text: text not in field.metadata["allowed"])
    strange = [strategies.none(), text, strategies.just({}), strategies.just(object())]
    if field.type is not bool:
        strange.append(strategies.booleans())
    if field.type in (bool, str):
        strange += [strategies.integers(), strategies.floats(), strategies.just([True])]
    if field.type is int or is_tuple(field):
        strange.append(strategies.floats().filter(lambda value: not value.is_integer()))
    if field.type is int or field.type is float:
        low, high = field.metadata["allowed"]
        strange += [strategies.integers(max_value=math.ceil(low) - 1), strategies.just([low])]
        strange += [strategies.integers(min_value=math.floor(high) + 1)]
        strange += [strategies.sampled_from([math.nan, math.inf, -math.inf])]
    if is_tuple(field):
        width = strategies.integers(max_value=0) | strategies.sampled_from(["8", 2.5, True])
        strange.append(width.map(lambda one: (one, *field.default[1:])))
        wrong_length = strategies.lists(strategies.integers(1, 99), max_size=9)
        strange.append(wrong_length.filter(lambda widths: len(widths) != len(field.default)))
    return strategies.one_of(strange)


@pytest.mark.parametrize("field", FIELDS, ids=NAMES)
@hypothesis.settings(max_examples=30, deadline=None, derandomize=True, database=None)
@hypothesis.given(strategies.data())
def test_a_wrong_value_is_refused_with_the_field_and_what_is_allowed(field, data):
    value = data.draw(wrong_values(field))

    with pytest.raises(UserError) as refusal:
        Config(**{field.name: value})

    message = str(refusal.value)
    assert message.startswith(f"{field.name} must ")
    assert "from" in message or "one of" in message or f"{len(field.default)} widths" in message
    if field.type is str:
        assert all(repr(name) in message for name in field.metadata["allowed"])


def test_the_frame_discriminator_cannot_see_more_frames_than_there_are():
    assert Config(frames=20, k_frame=20).k_frame == 20
    with pytest.raises(UserError, match="k_frame must be at most frames = 19, got 20"):
        Config(frames=19)


def test_a_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().steps = 3


@pytest.mark.parametrize("preset", SYSTEMS["sagcn"].presets)
def test_a_saved_configuration_comes_back(tmp_path, preset):
    config = make_config("human36m", preset, maps=[3, 4], learning_rate=1e-3, seed=7)

    config.save(tmp_path / "run" / "config.json")
    loaded = Config.load(tmp_path / "run" / "config.json")

    assert loaded == config
    assert loaded.maps == (3, 4) and isinstance(loaded.maps, tuple)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["config.json"]


def test_a_whole_number_stands_for_a_float_and_the_other_way_round():
    config = Config(gradient_penalty=1, batch_size=8.0)

    assert isinstance(config.gradient_penalty, float) and isinstance(config.batch_size, int)


def test_unknown_fields_of_a_file_are_named(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"steps": 3, "stepz": 3, "color": 1}))

    with pytest.raises(UserError, match="config.json has unknown fields: color, stepz"):
        Config.load(path)


def test_the_old_names_of_fields_are_read(tmp_path):
    config = make_config("human36m")
    values = dataclasses.asdict(config)
    values["average"] = values.pop("ema_decay")
    values["distance_penalty"] = values.pop("alibi_slope")
    (tmp_path / "config.json").write_text(json.dumps(values))

    assert Config.load(tmp_path / "config.json") == config


def test_a_run_from_before_the_loss_could_be_chosen_is_read_as_it_was_trained(tmp_path):
    values = dataclasses.asdict(make_config(preset="paper", attention_residual="gated"))
    del values["loss"], values["label_after_sum"]
    values["real_target"] = 0.9
    (tmp_path / "config.json").write_text(json.dumps(values))

    config = Config.load(tmp_path / "config.json")

    assert (config.loss, config.real_target) == ("non_saturating", 0.9)
    assert (config.attention_residual, config.label_after_sum) == ("gated", False)


@pytest.mark.parametrize("text", ["", "{", "3", "null", "[]", '["steps"]', '"steps"', None])
def test_a_file_that_is_no_configuration_is_named(tmp_path, text):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(UserError, match="config.json "):
        Config.load(path)


def test_a_file_with_a_wrong_value_is_refused(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"steps": -3}))

    with pytest.raises(UserError, match="steps must be int from 1 to 1000000000, received -3"):
        Config.load(path)
