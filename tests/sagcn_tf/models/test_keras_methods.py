"""The methods of `keras.Model` of real systems; in detail: test_fittable_model.py."""

import io

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from tests.layer_checks import saved_and_loaded
from tests.small_data import CLASS_NAMES, batch_of_clips, small_config, small_data
from tests.systems import system_config

MOTION, LABEL = batch_of_clips(3)
NUMBERS, SEED = LABEL.argmax(axis=1), np.arange(3)


def make_model(config, **arguments):
    model = runs.new_model(config, small_data())
    model.adapt(small_data())
    model.compile(**arguments)
    return model


# A system takes ten seconds; these two have the most of their own: three networks, two stages.
@pytest.mark.parametrize("name", ["sagcn", "skeleton_gan"])
def test_a_system_is_fitted_saved_loaded_evaluated_and_sampled(name, tmp_path):
    model = make_model(system_config(name, steps=2), run_eagerly=True)

    # Two steps, one of each stage.
    history = model.fit(MOTION, NUMBERS, batch_size=2, shuffle=False, verbose=0).history
    saved = saved_and_loaded(model, tmp_path / "model.keras")

    assert set(history) <= set(model.results) and np.isfinite(list(history.values())).all()
    weights = model.get_weights()
    for one, two in zip(saved.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, two)
    results = saved.evaluate(MOTION, LABEL, verbose=0, return_dict=True)
    assert {"mmd_avg", "mmd_seq"} < set(results) < {*model.results, "mmd_avg", "mmd_seq"}
    assert saved.predict((NUMBERS, SEED), verbose=0).shape == MOTION.shape
    for one, two in zip(saved.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, two)  # not changed by all this
    steps = [m.train_on_batch(MOTION, LABEL, return_dict=True) for m in (model, saved)]
    assert steps[0] == pytest.approx(steps[1])
    if model.stage is None:
        assert set(steps[0]) == set(model.results)


@pytest.mark.slow
def test_a_step_of_sagcn_gives_the_same_results_under_xla():
    results = []
    for jit_compile in (False, True):
        model = make_model(small_config("tuned"), jit_compile=jit_compile)
        assert model.jit_compile == jit_compile
        # The batch size is unknown, as it is to Keras after a smaller last batch.
        specs = (tf.TensorSpec([None, *MOTION.shape[1:]]), tf.TensorSpec([None, len(CLASS_NAMES)]))
        step = tf.function(model.train_step, input_signature=[specs], jit_compile=jit_compile)
        results.append({name: float(value) for name, value in step((MOTION, LABEL)).items()})

    assert results[1] == pytest.approx(results[0], rel=1e-3, abs=1e-4)


def test_a_model_of_long_clips_says_that_xla_cannot_compile_it():
    model = runs.new_model(small_config("tuned", frames=120), small_data())

    with pytest.warns(UserWarning, match="support `jit_compile=True`"):
        model.compile(jit_compile=True)
    assert not model.jit_compile


def test_the_averaged_generator_counts_as_not_trainable():
    model = make_model(small_config("tuned"))
    lines = io.StringIO()
    model.summary(print_fn=lambda line: lines.write(f"{line}\n"))

    trained = sum(int(np.prod(v.shape)) for vs in model.trained_variables().values() for v in vs)
    assert f" Trainable params: {trained:,} " in lines.getvalue()
    assert not model.average_generator.trainable_weights
