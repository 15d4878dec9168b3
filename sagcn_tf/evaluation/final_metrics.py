"""The results of an evaluation in TensorBoard, where the runs of a table are compared."""

from sagcn_tf.evaluation.motion_report import ratio
from sagcn_tf.evaluation.report import read_metrics
from sagcn_tf.quiet_import import import_tensorflow
from sagcn_tf.runs import CHECKPOINTS
from sagcn_tf.seal import writable_dir

# Scores of an evaluation, and their meaning.
SCORES = {
    "mmd_avg": "MMD_avg against clips of training subjects, for the largest number of clips.",
    "mmd_seq": "MMD_seq against clips of training subjects, for the largest number of clips.",
    "speed": "Speed of the joints, as a ratio to real motion: 1 is real.",
    "acceleration": "Acceleration of the joints, as a ratio to real motion: 1 is real.",
    "diversity": "Mean distance between clips of a class, as a ratio to real clips: 1 is real.",
}


def final_tags():
    """Returns `{tag: description}` of the scores of all checkpoints."""
    return {
        f"final/{checkpoint}/{name}": f"Checkpoint {checkpoint!r}. {text}"
        for checkpoint in CHECKPOINTS
        for name, text in SCORES.items()
    }


def write_final_metrics(run_dir, checkpoint):
    """Writes the scores of a checkpoint to the run's `tensorboard/`, replacing earlier ones.

    Args:
        run_dir: folder of the run; of a published run, `runs/NAME` is written to.
        checkpoint: `"best"` or `"last"`, measured in `metrics.json`.
    """
    import_tensorflow()  # `reproduce` calls this in a process that has not
    import tensorflow as tf

    run_dir = writable_dir(run_dir)
    results, folder = read_metrics(run_dir)[checkpoint], run_dir / "tensorboard"
    suffix = f".final-{checkpoint}"
    for former in folder.glob(f"*{suffix}"):
        former.unlink()
    tags = final_tags()
    writer = tf.summary.create_file_writer(str(folder), filename_suffix=suffix)
    with writer.as_default(results["step"]):
        for name, value in _scores(results).items():
            tag = f"final/{checkpoint}/{name}"
            tf.summary.scalar(tag, value, description=tags[tag])
    writer.close()


def _scores(results):
    """Returns the `SCORES` of results; without those that were not measured."""
    measured = results["mmd"]["train"][str(max(results["clips_per_class"]))]
    scores = {name: score["mean"] for name, score in measured.items()}
    ratios = {name: ratio(results["motion"][name]) for name in SCORES if name in results["motion"]}
    return {**scores, **{name: value for name, value in ratios.items() if value is not None}}
