"""Measures a trained run: MMD, motion statistics and recognition, as tables and in metrics.json.

python -m sagcn_tf.evaluate --run_dir=runs/x --checkpoint=best

Recognition needs recognisers of the run's data set, which `recognise` trains once.
"""

from absl import flags

from sagcn_tf.config import check_manual_dir
from sagcn_tf.errors import UserError, run_main

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder with raw files that cannot be downloaded")
    flags.DEFINE_string("recogniser_dir", "recognisers", "folder of trained recognisers")
    flags.DEFINE_list("clips_per_class", ["100", "1000"], "clips a class, one or more numbers")
    flags.register_validator(
        "clips_per_class",
        lambda values: (
            values and all(v.strip().isdecimal() and 2 <= int(v) <= 2000 for v in values)
        ),
        "must be whole numbers from 2 to 2000, separated by commas",
    )


def evaluate_run(
    run_dir, checkpoint, data_dir, manual_dir, clips_per_class, recogniser_dir="recognisers"
):
    """Measures a checkpoint of a run and writes its `metrics.json`.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded, or None.
        clips_per_class: one or more numbers of clips.
        recogniser_dir: folder of trained recognisers, default `recognisers`; recognition is
            measured by those that it holds for these data.

    Returns:
        The results as tables, and where they were written.

    Raises:
        UserError: if the run, its checkpoint or its data are not there or do not belong together.
    """
    from sagcn_tf import runs

    # What is wrong with the folders is said before TensorFlow is imported.
    check_manual_dir(runs.read_config(run_dir).dataset, manual_dir)
    from sagcn_tf.classification import classifiers
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation import evaluation, report
    from sagcn_tf.evaluation.real_side_cache import kept_real_side

    model, described, config = runs.open_run(run_dir, checkpoint)
    data = input_pipeline.load(config.dataset, data_dir, manual_dir)
    if data.describe() != described.describe():
        raise UserError(
            f"--data_dir={data_dir} holds other data than {run_dir} was trained on (see its "
            "data.json). Give the folder that it was trained with"
        )
    recognisers = classifiers.open_recognisers(recogniser_dir, data, config.frames)
    results = evaluation.evaluate_model(
        model,
        data,
        config.frames,
        clips_per_class,
        recognisers=recognisers,
        real=kept_real_side(data, config.frames, clips_per_class, data_dir),
    )
    path = report.write_metrics(run_dir, checkpoint, results)
    lines = [report.format_results(results)]
    missing = [kind for kind in classifiers.KINDS if kind not in recognisers]
    if missing:
        lines.append(classifiers.how_to_train(missing, recogniser_dir, data, config.frames))
    return "\n".join([*lines, f"written to {path}"])


def main(_):
    """Runs the command line."""
    sizes = [int(value) for value in _FLAGS.clips_per_class]
    run = _FLAGS.run_dir, _FLAGS.checkpoint, _FLAGS.data_dir, _FLAGS.manual_dir
    print(evaluate_run(*run, sizes, _FLAGS.recogniser_dir))


if __name__ == "__main__":
    _define_flags()
    run_main(main)
