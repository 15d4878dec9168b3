"""Markdown tables of recognition scores: table 2 of the paper, with scores of real clips."""

from sagcn_tf.markdown import tables

_KINDS = {"d_v": "D_V", "st_gcn": "ST-GCN"}
_CLIPS = {
    "generated": "generated",
    "train": "training subjects",
    "held_out": "held out",
    "test": "test subjects",
}
_SCORES = {
    "accuracy": "accuracy",
    "frechet_train": "Frechet distance, training clips",
    "frechet_test": "Frechet distance, test clips",
    "diversity": "diversity",
    "multimodality": "multimodality",
}


def format_recognition(results):
    """Formats recognition scores as two Markdown tables: scores, and the recall of each class.

    Args:
        results: dict with `class_names`, `clips_per_class`, `seeds` and `classifiers`, as
            `evaluation.recognition_scores` returns it, with or without generated clips.

    Returns:
        Text.
    """
    scored = [
        (_KINDS[kind], _CLIPS[clips], scores)
        for kind, by_clips in results["classifiers"].items()
        for clips, scores in by_clips.items()
    ]
    rows = [
        [kind, clips, *(_estimate(scores[name]) for name in _SCORES)]
        for kind, clips, scores in scored
    ]
    header = ["class", *(f"{kind}: {clips}" for kind, clips, _ in scored)]
    recalls = [scores["recall"] for _, _, scores in scored]
    recall_rows = [
        [name, *(f"{recall[number]:.2f}" for recall in recalls)]
        for number, name in enumerate(results["class_names"])
    ]
    return (
        f"Recognition: mean and 95% interval over {results['seeds']} sets of "
        f"{results['clips_per_class']} clips per class.\n"
        "The classifier of the paper is D_V without its label input. Held-out sequences\n"
        "of training subjects decide when training stops. Distances are between\n"
        "features, the inputs of a classifier's last layer\n\n"
        f"{tables(['classifier', 'clips', *_SCORES.values()], rows, keys=2)}\n\n"
        "Recall: share of the clips of a class that are classified correctly\n\n"
        f"{tables(header, recall_rows)}\n"
    )


def _estimate(score):
    return f"{score['mean']:.3f} ± {score['interval']:.3f}"
