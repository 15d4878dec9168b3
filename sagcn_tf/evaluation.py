"""Measures a generator against real motion: MMD with anchors, motion statistics, recognition.

Every system is measured alike: a model is anything with `generate(label, seed)`. All draws are
seeded, and the clips that choose the best checkpoint are never those that measure it.
"""

import numpy as np
from tqdm import tqdm

from sagcn_tf import recognition
from sagcn_tf.errors import UserError
from sagcn_tf.input_pipeline import evaluation_clips, most_clips
from sagcn_tf.metrics import motion_statistics
from sagcn_tf.metrics.anchors import ANCHORS
from sagcn_tf.metrics.mmd import mmd, within_sums

CLIPS_PER_CLASS = (100, 1000)
RESAMPLINGS = 5
SELECTION_CLIPS = 100

# First seeds of the draws; resampling r adds r.
_RECOGNITION_SEED = 100
_SELECTION_SEED = 1000
_REAL_SEED = 2000
_ANCHOR_SEED = 3000
_SEEDS_PER_DRAW = 2**20
_BATCH = 100


def generate_clips(model, num_classes, per_class, seed, progress=None):
    """Generates clips of each class, in batches of one size.

    Args:
        model: has `generate(label [B, C], seed int32 [B]) -> motion [B, T, N, D]`.
        num_classes: C.
        per_class: m, clips a class.
        seed: number of the draw, 0 to 2047; no two clips of any draws share a seed.
        progress: called with the number of clips after each batch.

    Returns:
        float32 `[C, m, T, N, D]`, standardised.

    Raises:
        UserError: if the model generates NaN or infinity.
    """
    count = num_classes * per_class
    if count > _SEEDS_PER_DRAW or not 0 <= seed < 2**31 // _SEEDS_PER_DRAW:
        raise ValueError(
            f"at most {_SEEDS_PER_DRAW} clips and seeds 0 to {2**31 // _SEEDS_PER_DRAW - 1}; "
            f"got {count} clips, seed {seed}"
        )
    # Rows beyond the last clip fill the last batch: another batch size would be traced anew.
    rows = np.arange(-(-count // _BATCH) * _BATCH)
    seeds = (seed * _SEEDS_PER_DRAW + rows % count).astype(np.int32)
    labels = np.eye(num_classes, dtype=np.float32)[rows % count // per_class]
    batches = []
    for start in range(0, len(rows), _BATCH):
        batch = slice(start, start + _BATCH)
        batches.append(np.asarray(model.generate(labels[batch], seeds[batch]), np.float32))
        if not np.isfinite(batches[-1]).all():
            raise UserError("the model generates NaN or infinity: train it again or differently")
        if progress:
            progress(min(_BATCH, count - start))
    clips = np.concatenate(batches)[:count]
    return clips.reshape(num_classes, per_class, *clips.shape[1:])


def selection_clips(data, frames):
    """Returns the training clips that choose the best checkpoint, `[C, 100, T, N, D]`."""
    count = min(SELECTION_CLIPS, most_clips(data) or SELECTION_CLIPS)
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
    generated = generate_clips(model, len(data.class_names), selection.shape[1], _SELECTION_SEED)
    return mmd(generated, selection)


def evaluate_model(
    model,
    data,
    frames=50,
    clips_per_class=CLIPS_PER_CLASS,
    show_progress=True,
    recognisers=None,
    anchors=None,
):
    """Measures a model on a data set.

    Args:
        model: has `generate`.
        data: a `MotionData` with sequences.
        frames: T. Default 50.
        clips_per_class: one or more m; each is measured. Default 100 and 1000. Of data of which
            each sequence is one clip, at most half of the smallest training class.
        show_progress: draws a progress bar with the time left.
        recognisers: what `recognition.open_recognisers` returned for these data and frames.
            Default None: without recognition.
        anchors: what `anchor_scores` returned for these data, frames and clips a class. Default
            None: they are measured, too.

    Returns:
        A JSON-able dict: `dataset`, `unit`, `clips_per_class`;
        `mmd`: `{"train" | "test": {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}`, against
        the clips of the training and of the test subjects, over five draws of generated and of real
        clips; of a model with `given_frames` also `"predicted"`, against training clips without the
        frames that were given;
        `anchors`: see `anchor_scores`;
        `motion`: `{statistic: {"generated", "train", "test"}}` at the largest m;
        with recognisers, `recognition`: see `recognition_scores`.

    Raises:
        UserError: if the model generates NaN, or a split lacks a class or has too short sequences.
    """
    sizes = _sizes(data, clips_per_class)
    classes = len(data.class_names)
    total = RESAMPLINGS * (sizes[-1] + 2 * sum(sizes))
    if anchors is None:
        total += sum(len(ANCHORS) * m * _anchor_draws(m) for m in sizes)
    if recognisers:
        total += recognition.SEEDS * recognition.clips_per_class(data) * (1 + len(recognisers))
    with tqdm(
        total=classes * total, desc="evaluate", unit="clip", disable=not show_progress
    ) as bar:
        scores, first = _model_scores(model, data, frames, sizes, bar.update)
        if anchors is None:
            anchors = anchor_scores(data, frames, sizes, bar.update)
        results = {
            "dataset": data.dataset,
            "unit": data.unit,
            "clips_per_class": sizes,
            "mmd": scores,
            "anchors": anchors,
            "motion": motion_report(first, data, frames),
        }
        if recognisers:
            results["recognition"] = recognition_scores(model, data, recognisers, bar.update)
    return results


def recognition_scores(model, data, recognisers, progress=None):
    """Scores a model by recognisers: 20 sets of new clips, 50 a class each.

    Args:
        model: has `generate`.
        data: a `MotionData` with sequences.
        recognisers: `{kind: TrainedRecogniser}`, one or more.
        progress: called with the number of clips that were generated or scored.

    Returns:
        A JSON-able dict: `class_names`, `clips_per_class`, `seeds`, and `recognisers`:
        `{kind: {"generated" | "train" | "held_out" | "test": recognition.summary(...)}}`; the last
        three are real clips, measured when the recogniser was trained: of training subjects, of
        sequences of theirs that it was not trained on, and of test subjects.

    Raises:
        UserError: if the model generates NaN or infinity.
    """
    count, classes = recognition.clips_per_class(data), len(data.class_names)
    measurements = {kind: [] for kind in recognisers}
    for seed in range(recognition.SEEDS):
        clips = generate_clips(model, classes, count, _RECOGNITION_SEED + seed, progress)
        for kind, recogniser in recognisers.items():
            measurements[kind].append(recogniser.measure(clips, seed))
            if progress:
                progress(classes * count)
    return {
        "class_names": list(data.class_names),
        "clips_per_class": count,
        "seeds": recognition.SEEDS,
        "recognisers": {
            kind: {"generated": recognition.summary(measurements[kind]), **recogniser.facts["real"]}
            for kind, recogniser in recognisers.items()
        },
    }


def _model_scores(model, data, frames, sizes, progress):
    """MMD against both splits over the draws, and the generated clips of the first draw.

    Of a model that begins its clips with real frames, also of the frames after them alone.
    """
    given = getattr(model, "given_frames", 0)
    draws = {split: {m: [] for m in sizes} for split in ("train", "test")}
    predicted = {m: [] for m in sizes}
    first = None
    for draw in range(RESAMPLINGS):
        generated = generate_clips(model, len(data.class_names), sizes[-1], draw, progress)
        first = generated if first is None else first
        for m in sizes:
            clips = generated[:, :m]
            sums = within_sums(clips)
            for split, results in draws.items():
                real = evaluation_clips(data, split, m, _REAL_SEED + draw, frames)
                results[m].append(mmd(clips, real, generated_sums=sums))
                progress(len(clips) * m)
                if given and split == "train":
                    predicted[m].append(mmd(clips[:, :, given:], real[:, :, given:]))
    scores = {split: _summaries(results) for split, results in draws.items()}
    return scores | ({"predicted": _summaries(predicted)} if given else {}), first


def _sizes(data, clips_per_class):
    return sorted({min(m, most_clips(data) or m) for m in clips_per_class})


def _anchor_draws(m):
    return RESAMPLINGS if m <= SELECTION_CLIPS else 1


def anchor_scores(data, frames, clips_per_class, progress=None):
    """MMD of the anchor sets against the training clips that a model is compared with.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: as `evaluate_model` takes it.
        progress: called with the number of clips of each anchor.

    Returns:
        `{name: {m: {"mmd_avg", "mmd_seq": {"mean", "std", "draws"}}}}` for each of
        `metrics.anchors.ANCHORS`, over five draws up to m = 100 and one above. They depend on the
        data alone.
    """
    sizes = _sizes(data, clips_per_class)
    results = {name: {m: [] for m in sizes} for name in ANCHORS}
    for m in sizes:
        for draw in range(_anchor_draws(m)):
            real = evaluation_clips(data, "train", m, _REAL_SEED + draw, frames)
            sums = within_sums(real)
            others = [
                evaluation_clips(data, split, m, _ANCHOR_SEED + draw, frames, half=1)
                for split in ("train", "test")
            ]
            for name, make in ANCHORS.items():
                clips = make(*others, np.random.default_rng([draw, m]))
                results[name][m].append(mmd(clips, real, real_sums=sums))
                if progress:
                    progress(len(clips) * m)
    return {name: _summaries(scores) for name, scores in results.items()}


def _summaries(results):
    """Mean and standard deviation over the draws, for each number of clips a class."""
    summaries = {}
    for m, draws in results.items():
        summaries[str(m)] = {
            name: {
                "mean": float(np.mean([scores[name] for scores in draws])),
                "std": float(np.std([scores[name] for scores in draws])),
                "draws": len(draws),
            }
            for name in draws[0]
        }
    return summaries


def motion_report(generated, data, frames):
    """Compares motion statistics of generated clips with those of real clips.

    Args:
        generated: standardised clips `[C, m, T, N, D]`.
        data: a `MotionData` with sequences.
        frames: T.

    Returns:
        `{statistic: {"generated", "train", "test"}}`, means over all clips: speed, acceleration
        and bone length variation in the data's unit (a frame); diversity and the distance to the
        nearest of m training clips of the class in standardised coordinates.
    """
    m = generated.shape[1]
    sources = {"generated": generated}
    for split in ("train", "test"):
        sources[split] = evaluation_clips(data, split, m, _ANCHOR_SEED, frames, half=1)
    pool = evaluation_clips(data, "train", m, _REAL_SEED, frames)
    report = {}
    for source, clips in sources.items():
        of_classes = [_motion_statistics(*pair, data) for pair in zip(clips, pool, strict=True)]
        for name in of_classes[0]:
            value = float(np.mean([statistics[name] for statistics in of_classes]))
            report.setdefault(name, {})[source] = value
    return report


def _motion_statistics(clips, training_clips, data):
    """The statistics of one class, clips `[m, T, N, D]`, by name."""
    motion, bones = data.unstandardise(clips), data.skeleton.bones
    return {
        "speed": motion_statistics.speed(motion).mean(),
        "acceleration": motion_statistics.acceleration(motion).mean(),
        "bone length variation": motion_statistics.bone_length_variation(motion, bones).mean(),
        "diversity": motion_statistics.diversity(clips),
        "distance to nearest training clip": motion_statistics.nearest_distance(
            clips, training_clips
        ),
    }
