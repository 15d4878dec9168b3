"""Names, descriptions and layout of the scalars of a run in TensorBoard."""

import re

from tensorboard.plugins.custom_scalar import layout_pb2

# The last part of a name, and what it means.
_HEALTH = (
    (
        "loss.*",
        "Loss of a network or a part of it. A GAN's losses tell about balance, not quality.",
    ),
    (
        "accuracy_real",
        "Share of real clips that the network judges rightly. Near 1 on real and fake clips: the "
        "generator has lost. Near .5 on both: the game is balanced.",
    ),
    ("accuracy_fake", "Share of generated clips that the network judges rightly."),
    (
        "gradient_norm",
        "Norm of the gradient of all weights of a network, before Adam. Near 0, it learns nothing.",
    ),
    ("penalty", "Gradient penalty of a discriminator, before its weight."),
    ("learning_rate", "Learning rate of a network's optimizer."),
    ("weight", "Weight of the loss of the codes of EPVA, which rises during training."),
    ("telling", "Share of the latent numbers that tell something about the clip."),
    ("steps_per_second", "Training steps per second, without evaluations."),
    ("clips_per_second", "Training clips per second, without evaluations."),
    ("seconds", "Training time so far, with evaluations, without interruptions."),
)
_RATIO = "as a ratio to real clips: 1 is real."
_QUALITY = (
    ("mmd_(avg|seq)", "MMD between generated clips and the selection clips. Lower is better."),
    ("mmd_.*_real", "The MMD of other real clips: no model gets lower."),
    ("mmd_.*_wrong_class", "The MMD of real clips of any class: a model above ignores its label."),
    ("mmd_.*_white_noise", "The MMD of white noise."),
    ("speed", f"Mean speed of the joints, {_RATIO} Less is stiff."),
    ("acceleration", f"Mean acceleration of the joints, {_RATIO} More is jitter."),
    ("bone_length_variation", f"How much bones change their length in a clip, {_RATIO}"),
    ("diversity", f"Mean distance between the clips of a class, {_RATIO} Less is mode collapse."),
    ("distance_to_nearest_training_clip", f"Distance to the selection clips, {_RATIO}"),
    ("one", "The line 1: real clips."),
    ("recognized_.*", "Share of generated clips in which the classifier recognizes their class."),
    (
        "attention_last_frames",
        "Share of frames for which pruning keeps exactly the K frames before. At 1, attention "
        "selects nothing.",
    ),
    ("attention_distance", "Mean distance from a frame to the past frames that pruning keeps."),
)
_CHARTS = {
    "quality": {
        "MMD_seq of the selection clips": "quality/mmd_seq.*",
        "MMD_avg of the selection clips": "quality/mmd_avg.*",
        "motion / real motion (1 is real)": "quality/(speed|acceleration|bone.*|diversity|one)",
        "recognized by a classifier": "quality/recognized.*",
        "attention": "quality/attention.*",
    },
    "health": {
        "losses": "health/.*loss.*",
        "accuracies of the discriminators": "health/.*accuracy.*",
        "gradient norms": "health/.*gradient_norm",
        "gradient penalties": "health/.*penalty",
        "learning rates": "health/.*learning_rate",
        "speed of training": "health/(steps|clips)_per_second",
    },
}


def describe(tag):
    """Returns the meaning of a scalar, `"health/..."` or `"quality/..."`; "" if it has none."""
    group, _, name = tag.partition("/")
    meanings = _HEALTH if group == "health" else _QUALITY
    last = name.rpartition("/")[2]
    return next((text for pattern, text in meanings if re.fullmatch(pattern, last)), "")


def layout():
    """Returns the `Layout` of TensorBoard's custom scalars: quality first, then health."""
    return layout_pb2.Layout(
        category=[
            layout_pb2.Category(
                title=title,
                chart=[
                    layout_pb2.Chart(
                        title=name, multiline=layout_pb2.MultilineChartContent(tag=[pattern])
                    )
                    for name, pattern in charts.items()
                ],
            )
            for title, charts in _CHARTS.items()
        ]
    )
