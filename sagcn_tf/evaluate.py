"""Measures a trained run: MMD with anchors and motion statistics, as tables and in metrics.json.

python -m sagcn_tf.evaluate --run_dir=runs/x --checkpoint=best
"""

from absl import flags

from sagcn_tf.errors import UserError, run_main

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder with raw files that cannot be downloaded")
    flags.DEFINE_list("clips_per_class", ["100", "1000"], "clips a class, one or more numbers")
    flags.register_validator(
        "clips_per_class",
        lambda values: (
            values and all(v.strip().isdecimal() and 2 <= int(v) <= 2000 for v in values)
        ),
        "must be whole numbers from 2 to 2000, separated by commas",
    )


def main(_):
    """Measures the run that the flags name."""
    from sagcn_tf import runs

    runs.read_config(_FLAGS.run_dir)  # a wrong folder is refused before TensorFlow is imported
    from sagcn_tf import evaluation, evaluation_report, input_pipeline

    model, described, config = runs.open_run(_FLAGS.run_dir, _FLAGS.checkpoint)
    data = input_pipeline.load(config.dataset, _FLAGS.data_dir, _FLAGS.manual_dir)
    if data.describe() != described.describe():
        raise UserError(
            f"--data_dir={_FLAGS.data_dir} holds other data than {_FLAGS.run_dir} was trained on "
            f"(see its data.json). Give the folder that it was trained with"
        )
    sizes = [int(value) for value in _FLAGS.clips_per_class]
    results = evaluation.evaluate_model(model, data, config.frames, sizes)
    path = evaluation_report.write_metrics(_FLAGS.run_dir, _FLAGS.checkpoint, results)
    print(evaluation_report.format_results(results))
    print(f"written to {path}")


if __name__ == "__main__":
    _define_flags()
    run_main(main)
