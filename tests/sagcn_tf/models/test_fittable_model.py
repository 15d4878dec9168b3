"""The methods of `keras.Model`, of a system with one weight; each system: test_keras_methods.py."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.metrics.mmd import mmd
from sagcn_tf.models.motion_model import MotionModel
from tests.layer_checks import saved_and_loaded
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips, small_config

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints


@keras.saving.register_keras_serializable("tests")
class OneNumber(MotionModel):
    """Adds a trained number per class to noise; two optimizers train it."""

    sampled = ("numbers",)
    results = ("loss", "first/gradient_norm")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = keras.layers.Dense(1, use_bias=False)
        self.numbers.build((None, self.num_classes))
        self.networks["numbers"] = self.numbers
        self.built = True

    def trained_variables(self):
        return {"first": self.numbers.weights, "second": self.numbers.weights}

    def update(self, data):
        motion, label = data
        with tf.GradientTape() as tape:
            error = self.numbers(label)[:, :, None, None] - motion
            loss = tf.reduce_mean(tf.square(error))
        gradients = tape.gradient(loss, self.numbers.trainable_variables)
        for name in self.optimizers:
            self._apply_gradients(name, gradients, self.numbers.trainable_variables)
        return {"loss": loss, "first/gradient_norm": tf.linalg.global_norm(gradients)}

    def _motion(self, label, seed, clips):
        noise = self._row_noise(seed, [FRAMES, *self.pose_shape])
        return {"motion": noise + self.numbers(label)[:, :, None, None]}


def make_model(**overrides):
    config = small_config("paper", **{"decay_from": 1.0, **overrides})
    return OneNumber(config, CLASSES, SKELETON)


def compiled(**arguments):
    model = make_model()
    model.compile(**{"optimizer": keras.optimizers.SGD(0.0), **arguments})
    return model


def clips(count=7):
    """Motion, one-hot labels and class numbers."""
    motion, label = batch_of_clips(count)
    return motion, label, label.argmax(axis=1)


def rates(model):
    return [float(one.learning_rate) for one in model.optimizers.values()]


def test_fit_reports_the_mean_over_all_clips_of_an_epoch():
    model, (motion, label, _) = compiled(), clips()

    history = model.fit(motion, label, batch_size=3, epochs=2, verbose=0).history

    numbers = label @ model.numbers.kernel.numpy()
    expected = np.mean(np.square(numbers[:, :, None, None] - motion))
    assert history["loss"] == pytest.approx([expected, expected], rel=1e-5)


@pytest.mark.parametrize("rank", [1, 2])
def test_class_numbers_are_labels(rank):
    motion, label, numbers = clips()
    numbers = numbers if rank == 1 else numbers[:, None]
    results = [compiled(), compiled()]
    results[1].set_weights(results[0].get_weights())

    shares, sparse = (
        model.train_on_batch(motion, given, return_dict=True)
        for model, given in zip(results, (label, numbers), strict=True)
    )

    assert shares == sparse and shares["loss"] > 0


def test_unknown_class_numbers_are_refused():
    motion, _, numbers = clips()

    with pytest.raises(tf.errors.InvalidArgumentError, match="class numbers must be from 0 to 2"):
        compiled(run_eagerly=True).train_on_batch(motion, numbers + 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_weight": np.ones(7)}, "no sample_weight or class_weight.*Draw the clips"),
        ({"class_weight": {0: 1.0, 1: 2.0, 2: 1.0}}, "no sample_weight or class_weight"),
        ({"y": None}, "labels are missing"),
        ({"y": np.ones([7, 4])}, r"shares of the classes \[batch, 3\], received shape \(None, 4\)"),
        ({"y": np.ones([7, 8, 3])}, r"one per clip.*received one per frame, \(None, 8, 3\)"),
        ({"x": np.ones([7, 9, 5, 2])}, r"shape \(None, 8, 5, 2\).*received \(None, 9, 5, 2\)"),
    ],
)
def test_what_fit_cannot_use_is_refused(arguments, message):
    motion, _, numbers = clips()

    with pytest.raises(ValueError, match=message):
        compiled().fit(**{"x": motion, "y": numbers, **arguments}, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "mse", "metrics": ["mae"]}, "received loss, metrics, but OneNumber has its own"),
        ({"optimizer": {"third": "adam"}}, r"\['first', 'second'\], or for some"),
        ({"optimizer": dict.fromkeys(["first", "second"], keras.optimizers.SGD())}, "one for each"),
    ],
)
def test_what_compile_cannot_use_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        compiled(**arguments)


def test_a_model_for_sampling_says_that_it_cannot_train():
    with pytest.raises(ValueError, match="for_training=True"):
        OneNumber(small_config(), CLASSES, SKELETON, for_training=False).compile()


def test_one_optimizer_is_copied_for_each_network_and_several_go_by_name():
    model = compiled(optimizer=keras.optimizers.RMSprop(0.25, rho=0.5))
    copies = model.optimizers
    assert copies["first"] is not copies["second"]
    for name, copy in copies.items():
        assert isinstance(copy, keras.optimizers.RMSprop) and (copy.name, copy.rho) == (name, 0.5)

    own = keras.optimizers.SGD(0.5)
    model.compile({"second": own})
    assert model.optimizers["second"] is own
    assert isinstance(model.optimizers["first"], keras.optimizers.Adam)

    model.compile("sgd", run_eagerly=True, jit_compile=False, steps_per_execution=2)
    assert isinstance(model.optimizers["first"], keras.optimizers.SGD)
    assert (model.run_eagerly, model.jit_compile, model.steps_per_execution) == (True, False, 2)


# Keras 3.15 passes TensorFlow variables to NumPy 2 without the copy argument.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("decay_from", [0.5, 1.0])
def test_callbacks_set_the_learning_rate_of_every_optimizer(decay_from):
    motion, label, _ = clips()
    model = make_model(decay_from=decay_from, learning_rate=0.5)
    model.compile()
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.25 * rate),
        keras.callbacks.ReduceLROnPlateau("val_loss", mode="max", factor=0.5, patience=1),
    ]

    history = model.fit(
        motion, label, epochs=3, verbose=0, validation_data=(motion, label), callbacks=callbacks
    ).history

    # Two reductions: the loss falls, while the callback waits for it to rise.
    assert rates(model) == pytest.approx([0.5 / 4**3 / 2**2] * 2)
    assert history["learning_rate_first"][0] == pytest.approx(0.5 / 4)
    assert history["loss"][2] < history["loss"][0]
    with pytest.raises(AttributeError, match="the names are first, second"):
        _ = model.optimizer.learning_rate


def test_a_schedule_holds_until_a_learning_rate_is_set():
    model, (motion, label, _) = make_model(decay_from=0.5, learning_rate=0.5, steps=4), clips()
    model.compile()
    for _ in range(3):
        model.train_on_batch(motion, label)
    assert rates(model) == pytest.approx([0.25, 0.25])

    model.optimizers["first"].learning_rate = 0.125
    model.train_on_batch(motion, label)

    assert rates(model) == pytest.approx([0.125, 0.0])


def test_evaluate_changes_nothing_and_adds_the_mmd_to_the_losses():
    model, (motion, label, numbers) = compiled(optimizer="adam"), clips(12)
    model.fit(motion, label, verbose=0)
    weights = model.get_weights()

    results = model.evaluate(motion, numbers, batch_size=5, verbose=0, return_dict=True)
    batches = tf.data.Dataset.from_tensor_slices((motion, label)).batch(5)
    again = model.evaluate(batches, verbose=0)

    assert list(results) == ["loss", "mmd_avg", "mmd_seq"]
    assert again == pytest.approx(list(results.values()))
    np.testing.assert_array_equal(model.get_weights()[0], weights[0])
    real = np.stack([motion[numbers == number] for number in range(CLASSES)])
    generated = np.stack(
        [
            model.predict((np.repeat(number, 4), np.arange(4)), verbose=0)
            for number in range(CLASSES)
        ]
    )
    expected = mmd(generated, real)
    assert results["mmd_seq"] == pytest.approx(expected["mmd_seq"], rel=1e-5)
    with pytest.raises(ValueError, match="reads its data twice.*received generator"):
        model.evaluate((batch for batch in batches), verbose=0)


def test_predict_and_a_call_generate_motion():
    model, (_, label, numbers) = make_model(), clips()
    seed = np.arange(7)

    motion = model.predict((numbers, seed), batch_size=3, verbose=0)

    expected = model.generate(label, seed.astype(np.int32))
    np.testing.assert_allclose(motion, expected, atol=1e-6)
    np.testing.assert_array_equal(model((label, seed)), expected)
    pairs = tf.data.Dataset.from_tensor_slices((numbers, seed)).batch(4)
    np.testing.assert_allclose(model.predict(pairs, verbose=0), expected, atol=1e-6)
    assert model.compute_output_shape(((None,), (None,))) == (None, FRAMES, JOINTS, 2)
    with pytest.raises(ValueError, match=r"give both, as in predict\(\(label, seed\)\)"):
        model.predict(numbers, verbose=0)


def test_a_saved_model_generates_and_trains_on_as_the_original_does(tmp_path):
    model, (motion, label, _) = make_model(decay_from=0.5), clips()
    model.compile(steps_per_execution=1)
    model.train_on_batch(motion, label)
    model.optimizers["second"].learning_rate = 0.25

    loaded = saved_and_loaded(model, tmp_path / "model.keras")

    assert rates(loaded) == rates(model)
    assert loaded.train_on_batch(motion, label) == model.train_on_batch(motion, label)
    for one, two in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(loaded((label, np.arange(7))), model((label, np.arange(7))))
