"""Human evaluation (table 5 of the paper): people rate generated clips beside real ones.

python -m sagcn_tf.human_evaluation prepare --study_dir=study --run_dirs=runs/a,runs/b
python -m sagcn_tf.human_evaluation serve --study_dir=study
python -m sagcn_tf.human_evaluation score --study_dir=study

prepare generates the clips. serve opens a page on which raters see one clip after the other, blind
and in random order, and rate it from 1 to 5; it needs the packages of requirements-studio.txt.
score prints means with intervals and the agreement of raters, and writes scores.json;
reproduce --table=5 puts them beside the paper's.

Ratings are appended to STUDY_DIR/ratings.jsonl. Raters choose a name and continue under it after a
break; there are no passwords, so let only raters reach the address.
"""

from absl import flags

from sagcn_tf.config import check_manual_dir
from sagcn_tf.errors import UserError, run_main
from sagcn_tf.quiet_import import import_tensorflow

ACTIONS = ("prepare", "serve", "score")
_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("study_dir", None, "folder of the study", required=True)
    flags.DEFINE_list("run_dirs", None, "prepare: folders of the runs, one per system")
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "prepare: which weights of the runs")
    flags.DEFINE_integer("clips_per_class", 100, "prepare: clips per class and system", 1, 2000)
    flags.DEFINE_integer("judgments", 100, "prepare: generated clips that a rater sees", 1)
    flags.DEFINE_integer("raters_per_clip", 3, "prepare: raters who see the same clips", 1)
    flags.DEFINE_integer("seed", 0, "prepare: seed of clips and order", 0, 2**31 - 10_001)
    flags.DEFINE_boolean(
        "simulated", False, "prepare: mark all ratings as simulated, to try out the study"
    )
    flags.DEFINE_string("data_dir", "data", "prepare: folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "prepare: folder with raw files")
    flags.DEFINE_string("host", "127.0.0.1", "serve: address to listen on")
    flags.DEFINE_integer("port", 8600, "serve: port to listen on", 0, 65535)


def main(argv):
    """Runs the command line."""
    {"prepare": _prepare, "serve": _serve, "score": _score}[argv[1]]()


def _prepare():
    if not _FLAGS.run_dirs:
        raise UserError("prepare needs --run_dirs=DIR,DIR, the folders of trained runs")
    # Wrong folders are reported before TensorFlow is imported.
    from sagcn_tf.human_study.study import check_new
    from sagcn_tf.runs import read_config

    check_new(_FLAGS.study_dir)
    for run_dir in _FLAGS.run_dirs:
        check_manual_dir(read_config(run_dir).dataset, _FLAGS.manual_dir, run_dir)
    import_tensorflow()
    from sagcn_tf.human_study.preparation import prepare

    names = ("seed", "judgments", "raters_per_clip", "simulated")
    study = prepare(
        _FLAGS.run_dirs,
        _FLAGS.checkpoint,
        _FLAGS.data_dir,
        _FLAGS.manual_dir,
        _FLAGS.clips_per_class,
        **{name: _FLAGS[name].value for name in names},
    )
    study.save(_FLAGS.study_dir)
    print(f"{_FLAGS.study_dir}: {len(study.keys)} clips of {len(study.systems)} systems and real")


def _serve():
    try:
        from sagcn_tf.human_study.server import serve
    except ModuleNotFoundError as error:
        raise UserError(
            f"serve needs the package {error.name}: pip install -r requirements-studio.txt"
        ) from error
    serve(_FLAGS.study_dir, _FLAGS.host, _FLAGS.port)


def _score():
    from sagcn_tf.human_study.report import format_scores
    from sagcn_tf.human_study.run import score_study

    print(format_scores(score_study(_FLAGS.study_dir)[1]))


if __name__ == "__main__":
    _define_flags()
    run_main(main, ACTIONS)
