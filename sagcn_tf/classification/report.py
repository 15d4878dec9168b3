"""Recognition as tables to read: table 2 of the paper, with what real clips score beside it."""

from sagcn_tf.markdown import table

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
    """Returns two Markdown tables: accuracy and distances, and the recall of each class.

    Args:
        results: `class_names`, `clips_per_class`, `seeds` and `classifiers`, as
            `evaluation.recognition_scores` returns; of a classifier just trained there is no row
            of generated clips.
    """
    of_kinds = results["classifiers"]
    rows = [
        [_KINDS[kind], _CLIPS[clips], *(_estimate(scores[name]) for name in _SCORES)]
        for kind, of_clips in of_kinds.items()
        for clips, scores in of_clips.items()
    ]
    header = ["class"]
    header += [f"{_KINDS[kind]}: {_CLIPS[clips]}" for kind in of_kinds for clips in of_kinds[kind]]
    recalls = [scores["recall"] for of_clips in of_kinds.values() for scores in of_clips.values()]
    recall_rows = [
        [name, *(f"{recall[number]:.2f}" for recall in recalls)]
        for number, name in enumerate(results["class_names"])
    ]
    return (
        f"Recognition: mean and 95 % interval over {results['seeds']} sets of "
        f"{results['clips_per_class']} clips a class. D_V without its label input is the "
        "classifier of the paper; held out are sequences of training subjects, to stop training "
        "by; distances are between features, what a classifier's last map sees\n\n"
        f"{table(['classifier', 'clips', *_SCORES.values()], rows)}\n\n"
        "Recall: share of the clips of a class that are recognized as it\n\n"
        f"{table(header, recall_rows)}\n"
    )


def _estimate(score):
    return f"{score['mean']:.3f} ± {score['interval']:.3f}"
