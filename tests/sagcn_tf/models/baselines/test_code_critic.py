import numpy as np

from sagcn_tf.models.baselines.code_critic import CodeCritic
from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN


def test_a_score_depends_on_every_frame_of_its_own_clip():
    critic, frames = CodeCritic(3), 3
    clips = np.random.default_rng(0).normal(size=[frames + 1, frames, CODE + 2 * HIDDEN])
    clips[1:] = clips[0]
    clips[range(1, frames + 1), range(frames)] += 1  # clip t + 1 differs in frame t

    scores = critic(clips.astype(np.float32)).numpy()

    assert scores.shape == (frames + 1,)
    assert np.abs(scores[1:] - scores[0]).min() > 1e-4
