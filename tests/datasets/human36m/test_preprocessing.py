import numpy as np

from datasets.human36m import preprocessing


def test_camera_motion_is_relative_to_the_hip_of_the_same_frame():
    positions = np.random.default_rng(0).normal(size=(3, 16, 3))

    motion = preprocessing.camera_motion(positions)

    assert motion.shape == (3, 15, 3)
    np.testing.assert_array_equal(motion[2, 4], positions[2, 5] - positions[2, 0])


def test_image_motion_does_not_depend_on_the_distance_from_the_camera():
    flat = np.random.default_rng(0).normal(0, 500, (1, 16, 2))
    depth = np.array([2000.0, 4000, 8000]).reshape(3, 1, 1)
    positions = np.concatenate([flat + 0 * depth, depth + 0 * flat[..., :1]], axis=-1)
    focal_length = 1100
    pixels = focal_length * flat / depth + [500, 510]  # [3, 16, 2]

    motion = preprocessing.image_motion(positions, pixels)

    expected = focal_length * (flat[:, 1:] - flat[:, :1])  # whatever the depth
    np.testing.assert_allclose(motion, np.repeat(expected, 3, axis=0), rtol=1e-9, atol=1e-6)


def test_statistics_weigh_each_frame_alike():
    motions = [np.zeros((3, 15, 2), np.float32), np.full((1, 15, 2), 4, np.float32)]

    mean, std = preprocessing.mean_and_std(motions)

    assert mean.shape == std.shape == (15, 2)
    np.testing.assert_allclose(mean, 1)  # (0 + 0 + 0 + 4) / 4
    np.testing.assert_allclose(std, np.sqrt(3))  # ((1 + 1 + 1 + 9) / 4) ** .5


def test_statistics_are_taken_in_double_precision():
    value = np.float32(1000.1)

    mean, std = preprocessing.mean_and_std([np.full((100_000, 1, 2), value)])

    np.testing.assert_allclose(mean, float(value), rtol=1e-12)  # float32 sums are off by 1e-4
    np.testing.assert_allclose(std, 0, atol=1e-8)
