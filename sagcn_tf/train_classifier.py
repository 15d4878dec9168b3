"""Trains the recognisers that score generated clips, and shows what real clips score.

python -m sagcn_tf.train_classifier --dataset=human36m --manual_dir=DIR

Two for each data set and length of clips: the one of the paper, and an ST-GCN. Each is trained
once, on clips of the training subjects; `evaluate` then uses it for every run on the same data.
"""

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import run_main

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_enum("dataset", "synthetic", list(DATASETS), "data set to recognise actions of")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder with raw files that cannot be downloaded")
    flags.DEFINE_string("recogniser_dir", "recognisers", "folder of the recognisers")
    flags.DEFINE_integer("frames", 50, "frames T of a clip", 2, 100_000)


def train_recognisers(dataset, data_dir, manual_dir, recogniser_dir, frames):
    """Trains the recognisers of a data set that are not there yet.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded, or None.
        recogniser_dir: folder of the recognisers.
        frames: T of a clip.

    Returns:
        What real clips score, as tables, and where the recognisers lie.

    Raises:
        UserError: if the data are not there or have too short sequences, a recogniser cannot be
            written, or one that is there is damaged.
    """
    from sagcn_tf.classification import classifiers, training
    from sagcn_tf.classification.report import format_recognition
    from sagcn_tf.data import input_pipeline

    data = input_pipeline.load(dataset, data_dir, manual_dir)
    input_pipeline.check_clips(data, frames)
    recognisers, folders = {}, []
    for kind in classifiers.KINDS:
        folder = classifiers.recogniser_folder(recogniser_dir, kind, data, frames)
        if not folder.exists():
            trained = training.train_recogniser(data, frames, kind)
            classifiers.save(trained, folder)
        recognisers[kind] = classifiers.open_recogniser(folder, data, frames)
        folders.append(str(folder))
    results = {
        "class_names": data.class_names,
        "clips_per_class": classifiers.clips_per_class(data),
        "seeds": classifiers.SEEDS,
        "recognisers": {kind: one.facts["real"] for kind, one in recognisers.items()},
    }
    return "\n".join(
        [f"{dataset}, clips of {frames} frames\n", format_recognition(results), *folders]
    )


def main(_):
    """Runs the command line."""
    check_manual_dir(_FLAGS.dataset, _FLAGS.manual_dir)
    print(
        train_recognisers(
            _FLAGS.dataset,
            _FLAGS.data_dir,
            _FLAGS.manual_dir,
            _FLAGS.recogniser_dir,
            _FLAGS.frames,
        )
    )


if __name__ == "__main__":
    _define_flags()
    run_main(main)
