"""Evaluates a checkpoint of a run."""

from sagcn_tf import runs
from sagcn_tf.classification.storage import how_to_train, open_classifiers
from sagcn_tf.classification.trained_classifier import KINDS
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation import evaluation, report
from sagcn_tf.evaluation.duration import forecast
from sagcn_tf.evaluation.final_metrics import write_final_metrics
from sagcn_tf.evaluation.real_measurements_cache import cached_real_measurements


def evaluate_run(run_dir, checkpoint, data, clips_per_class, data_dir, classifier_dir):
    """Evaluates a checkpoint of a run and writes `metrics.json`.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`.
        data: the `MotionData` that the run was trained on, with sequences.
        clips_per_class: one or more numbers of clips.
        data_dir: folder of the prepared data, which caches the measurements of real clips.
        classifier_dir: folder of trained classifiers; those of the same data score the clips.

    Returns:
        Text: the results as tables, and the path of the file.

    Raises:
        UserError: if the run or its checkpoint does not exist, or the run was trained on different
            data.
    """
    model, described, config = runs.open_run(run_dir, checkpoint)
    if not data.matches(described):
        raise UserError(
            f"--data_dir={data_dir} contains different data than {run_dir} was trained on (see its "
            "data.json). Use the folder from its training"
        )
    classifiers = open_classifiers(classifier_dir, data, config.frames)
    print(forecast(model, data, config.frames, clips_per_class, data_dir), flush=True)
    results = evaluation.evaluate_model(
        model,
        data,
        config.frames,
        clips_per_class,
        classifiers=classifiers,
        real=cached_real_measurements(data, config.frames, clips_per_class, data_dir),
    )
    path = report.write_metrics(run_dir, checkpoint, results)
    write_final_metrics(run_dir, checkpoint)
    lines = [report.format_results(results)]
    missing = [kind for kind in KINDS if kind not in classifiers]
    if missing:
        lines.append(how_to_train(missing, classifier_dir, data, config.frames))
    return "\n".join([*lines, f"written to {path}"])
