"""Evaluates a generator against real motion: MMD, motion statistics, attention and recognition.

A model is any object with `generate(label, seed)`, so all systems are evaluated in the same way.
All draws are seeded. The clips that select the best checkpoint (selection.py) are not the clips
that evaluate it.
"""

from sagcn_tf.classification import scores
from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.attention_report import attention_report
from sagcn_tf.evaluation.motion_report import SPLITS, class_statistics, motion_report
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import mmd, within_sums
from sagcn_tf.progress import progress_bar

CLIPS_PER_CLASS = (100, 1000)

# First seed of the recognized clips; real_measurements.py has those of the real clips.
_RECOGNITION_SEED = 100


def evaluate_model(
    model,
    data,
    frames=50,
    clips_per_class=CLIPS_PER_CLASS,
    show_progress=True,
    classifiers=None,
    real=None,
):
    """Evaluates a model on a data set.

    Args:
        model: an object with `generate`.
        data: a `MotionData` with sequences.
        frames: T. Default: 50.
        clips_per_class: one or more numbers m of clips per class, limited as in
            `limit_clips_per_class`. Default: 100 and 1000.
        show_progress: whether to show a progress bar. Default: True.
        classifiers: the result of `open_classifiers` for the same data and frames. Default: None,
            which skips recognition.
        real: `{m: RealMeasurements}` for the same data and frames, as `cached_real_measurements`
            returns. Default: None, which measures the real clips; that takes most of the time.

    Returns:
        A JSON-serializable dict: `dataset`, `unit`, `clips_per_class`;
        `mmd`: `{"train" | "test": {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}`, against
        clips of the training and the test subjects, over five draws of generated and real clips; a
        model with `given_frames` also has `"predicted"`, against training clips, without the given
        frames;
        `reference_sets`: `{name: {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}`, see
        `RealMeasurements`;
        `motion`, for the largest m: see `motion_report`; `attention`: see `attention_report`;
        `recognition`, with classifiers only: see `recognition_scores`.

    Raises:
        UserError: if the model generates NaN or infinity, a class is missing from a split, or
            sequences are too short.
    """
    sizes = real_measurements.sizes_to_measure(data, clips_per_class)
    total = _clips_to_process(data, sizes, real is None, classifiers)
    with progress_bar("evaluate", total, "clip", show_progress) as bar:
        if real is None:
            measure = real_measurements.measure_real_clips
            real = {m: measure(data, frames, m, bar.update) for m in sizes}
        real = {m: real[m] for m in sizes}
        results = _results_without_classifiers(model, data, frames, real, bar.update)
        if classifiers:
            results["recognition"] = recognition_scores(model, data, classifiers, bar.update)
    return results


def _clips_to_process(data, sizes, measure_real, classifiers):
    """Returns the total of the progress bar: generated, compared and classified clips."""
    draws = real_measurements.RESAMPLINGS
    total = len(data.class_names) * draws * (sizes[-1] + len(SPLITS) * sum(sizes))
    if measure_real:
        total += sum(real_measurements.clips_to_measure(data, m) for m in sizes)
    if classifiers:
        sets = scores.SEEDS * (1 + len(classifiers))
        total += len(data.class_names) * scores.clips_per_class(data) * sets
    return total


def _results_without_classifiers(model, data, frames, real, progress):
    """Returns the results of `evaluate_model` except recognition; real is `{m: measurements}`."""
    mmds, clips = _model_scores(model, data, frames, real, progress)
    most = max(real)
    training_clips = real_measurements.compared_clips(data, "train", most, 0, frames)
    statistics = class_statistics(clips, training_clips, data)
    return {
        "dataset": data.dataset,
        "unit": data.unit,
        "clips_per_class": list(real),
        "mmd": mmds,
        "reference_sets": {
            name: {str(m): of_size.reference_sets[name] for m, of_size in real.items()}
            for name in real[most].reference_sets
        },
        "motion": motion_report(statistics, real[most].motion, data.class_names),
        "attention": attention_report(model, len(data.class_names)),
    }


def recognition_scores(model, data, classifiers, progress=None):
    """Scores a model with classifiers, on 20 sets of generated clips with 50 clips per class.

    Args:
        model: an object with `generate`.
        data: a `MotionData` with sequences.
        classifiers: `{kind: TrainedClassifier}`, one or more.
        progress: called with the number of newly generated or scored clips. Default: None.

    Returns:
        A JSON-serializable dict: `class_names`, `clips_per_class`, `seeds`, and `classifiers`:
        `{kind: {"generated" | "train" | "held_out" | "test": scores.summary(...)}}`. The last three
        are scores of real clips from the training of the classifier: of training subjects, of
        held-out sequences of training subjects, and of test subjects.

    Raises:
        UserError: if the model generates NaN or infinity.
    """
    count, classes = scores.clips_per_class(data), len(data.class_names)
    measurements = {kind: [] for kind in classifiers}
    for seed in range(scores.SEEDS):
        clips = sample_all_classes(model, classes, count, _RECOGNITION_SEED + seed, progress)
        for kind, classifier in classifiers.items():
            measurements[kind].append(classifier.measure(clips, seed))
            if progress:
                progress(classes * count)
    return {
        "class_names": list(data.class_names),
        "clips_per_class": count,
        "seeds": scores.SEEDS,
        "classifiers": {
            kind: {"generated": scores.summary(measurements[kind]), **classifier.facts["real"]}
            for kind, classifier in classifiers.items()
        },
    }


def _model_scores(model, data, frames, real, progress):
    """Computes the MMD against both splits over all draws.

    For a model with `given_frames`, also computes the MMD of the other frames.

    Returns:
        `(scores, clips)`: the `mmd` part of the results, and the generated clips of the first draw.
    """
    given = getattr(model, "given_frames", 0)
    draws = {split: {m: [] for m in real} for split in SPLITS}
    predicted = {m: [] for m in real}
    first = None
    for draw in range(real_measurements.RESAMPLINGS):
        generated = sample_all_classes(model, len(data.class_names), max(real), draw, progress)
        first = generated if first is None else first
        for m, of_size in real.items():
            clips = generated[:, :m]
            sums = within_sums(clips)
            for split, results in draws.items():
                compared = real_measurements.compared_clips(data, split, m, draw, frames)
                results[m].append(mmd(clips, compared, sums, of_size.sums[split][draw]))
                progress(len(clips) * m)
                if given and split == "train":
                    predicted[m].append(mmd(clips[:, :, given:], compared[:, :, given:]))
    scores = {split: _summaries(results) for split, results in draws.items()}
    return scores | ({"predicted": _summaries(predicted)} if given else {}), first


def _summaries(results):
    """Returns the mean and standard deviation over the draws for each number of clips."""
    return {str(m): real_measurements.summary(draws) for m, draws in results.items()}
