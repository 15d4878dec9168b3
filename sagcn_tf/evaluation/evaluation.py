"""Measures a generator against real motion: MMD, motion statistics, attention and recognition.

Every system is measured alike: a model is anything with `generate(label, seed)`. All draws are
seeded, and the clips that choose the best checkpoint are never those that measure it.
"""

from tqdm import tqdm

from sagcn_tf.classification import scores
from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.attention_report import attention_report
from sagcn_tf.evaluation.motion_report import SPLITS, class_statistics, motion_report
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import mmd, within_sums

CLIPS_PER_CLASS = (100, 1000)
SELECTION_CLIPS = 100

# First seeds of draws; those of the real clips of other draws are in real_measurements.py.
_RECOGNITION_SEED = 100
_SELECTION_SEED = 1000


def selection_clips(data, frames):
    """Returns the training clips that choose the best checkpoint, `[C, 100, T, N, D]`."""
    count = limit_clips_per_class(data, SELECTION_CLIPS)
    return evaluation_clips(data, "train", count, _SELECTION_SEED, frames, half=1)


def selection_mmd(model, data, selection):
    """Returns the MMD between new clips of a model and the selection clips.

    Args:
        model: has `generate`; the clips have the same seeds each time.
        data: a `MotionData`.
        selection: `selection_clips(data, T)`.

    Returns:
        `{"mmd_avg": float, "mmd_seq": float}`.
    """
    generated = sample_all_classes(
        model, len(data.class_names), selection.shape[1], _SELECTION_SEED
    )
    return mmd(generated, selection)


def evaluate_model(
    model,
    data,
    frames=50,
    clips_per_class=CLIPS_PER_CLASS,
    show_progress=True,
    classifiers=None,
    real=None,
):
    """Measures a model on a data set.

    Args:
        model: has `generate`.
        data: a `MotionData` with sequences.
        frames: T. Default 50.
        clips_per_class: one or more m; each is measured. Default 100 and 1000. Of data of which
            each sequence is one clip, at most half of the smallest training class.
        show_progress: draws a progress bar with the time left.
        classifiers: what `open_classifiers` returned for these data and frames.
            Default None: without recognition.
        real: `{m: RealMeasurements}` of these data and frames, as `cached_real_measurements`
            returns. Default None: real clips are measured, too, which takes longer than the rest.

    Returns:
        A JSON-able dict: `dataset`, `unit`, `clips_per_class`;
        `mmd`: `{"train" | "test": {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}`, against
        the clips of the training and of the test subjects, over five draws of generated and of real
        clips; of a model with `given_frames` also `"predicted"`, against training clips without the
        frames that were given;
        `reference_sets`: `{name: {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}`, see
        `RealMeasurements`;
        `motion`: see `motion_report`, at the largest m;
        `attention`: see `attention_report`; empty for a model without attention;
        with classifiers, `recognition`: see `recognition_scores`.

    Raises:
        UserError: if the model generates NaN, or a split lacks a class or has too short sequences.
    """
    sizes = real_measurements.sizes_of(data, clips_per_class)
    total = (
        len(data.class_names)
        * real_measurements.RESAMPLINGS
        * (sizes[-1] + len(SPLITS) * sum(sizes))
    )
    if real is None:
        total += sum(real_measurements.clips_to_measure(data, m) for m in sizes)
    if classifiers:
        sets = scores.SEEDS * (1 + len(classifiers))
        total += len(data.class_names) * scores.clips_per_class(data) * sets
    with tqdm(total=total, desc="evaluate", unit="clip", disable=not show_progress) as bar:
        if real is None:
            real = {
                m: real_measurements.measure_real_clips(data, frames, m, bar.update) for m in sizes
            }
        mmds, first = _model_scores(model, data, frames, {m: real[m] for m in sizes}, bar.update)
        training_clips = real_measurements.compared_clips(data, "train", sizes[-1], 0, frames)
        statistics = class_statistics(first, training_clips, data)
        results = {
            "dataset": data.dataset,
            "unit": data.unit,
            "clips_per_class": sizes,
            "mmd": mmds,
            "reference_sets": {
                name: {str(m): real[m].reference_sets[name] for m in sizes}
                for name in real[sizes[-1]].reference_sets
            },
            "motion": motion_report(statistics, real[sizes[-1]].motion, data.class_names),
            "attention": attention_report(model, len(data.class_names)),
        }
        if classifiers:
            results["recognition"] = recognition_scores(model, data, classifiers, bar.update)
    return results


def recognition_scores(model, data, classifiers, progress=None):
    """Scores a model by classifiers: 20 sets of new clips, 50 a class each.

    Args:
        model: has `generate`.
        data: a `MotionData` with sequences.
        classifiers: `{kind: TrainedClassifier}`, one or more.
        progress: called with the number of clips that were generated or scored.

    Returns:
        A JSON-able dict: `class_names`, `clips_per_class`, `seeds`, and `classifiers`:
        `{kind: {"generated" | "train" | "held_out" | "test": scores.summary(...)}}`; the last
        three are real clips, measured when the classifier was trained: of training subjects, of
        sequences of theirs that it was not trained on, and of test subjects.

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
    """MMD against both splits over the draws, and the generated clips of the first draw.

    Of a model that begins its clips with real frames, also of the frames after them alone.
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
    """Mean and standard deviation over the draws, for each number of clips a class."""
    return {str(m): real_measurements.summary(draws) for m, draws in results.items()}
