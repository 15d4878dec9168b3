"""Trains a generator and leaves weights, pictures and metrics in a run folder.

python -m sagcn_tf.train --dataset=synthetic
python -m sagcn_tf.train --dataset=human36m --manual_dir=DIR --preset=tuned --steps=3000
python -m sagcn_tf.train --dataset=motion_folder --manual_dir=DIR
python -m sagcn_tf.train --dataset=ntu_xview --manual_dir=DIR --model=skeleton_vae

The folder of an unfinished run, given again as --run_dir, resumes it at its last checkpoint and
ends with the same weights as a run that was never interrupted, on the same machine.

On several machines, start the same command on each, with their addresses in TF_CONFIG and --run_dir
in a folder that they share.
"""

import dataclasses
import typing

from absl import flags

from sagcn_tf import config as configs
from sagcn_tf.errors import UserError, run_main
from sagcn_tf.quiet_import import import_tensorflow
from sagcn_tf.training.cluster import Cluster
from sagcn_tf.training.run_folder import configuration_of

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string(
        "run_dir", None, "folder of the run (default: runs/DATASET-MODEL-PRESET-SEED)"
    )
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder of raw files, such as your own motion")
    flags.DEFINE_string("classifier_dir", "classifiers", "folder of classifiers that score clips")
    flags.DEFINE_boolean(
        "evaluate",
        True,
        "measure the finished run (on 100 clips per class if it has fewer than 1000 steps)",
    )
    for field in dataclasses.fields(configs.Config):
        text = configs.help_text(field)
        if field.type is bool:
            flags.DEFINE_boolean(field.name, None, text)
        elif field.type is str:
            flags.DEFINE_enum(field.name, None, field.metadata["allowed"], text)
        elif field.type is int:
            flags.DEFINE_integer(field.name, None, text)
        elif field.type is float:
            flags.DEFINE_float(field.name, None, text)
        elif typing.get_origin(field.type) is tuple:
            flags.DEFINE_list(field.name, None, text + ", separated by commas")


def main(_):
    """Trains, evaluates and draws; resumes where the folder holds an unfinished run."""
    given = _given_fields()
    cluster = Cluster.from_environment()
    run_dir, config = configuration_of(given, _FLAGS.run_dir)
    configs.check_manual_dir(config.dataset, _FLAGS.manual_dir, run_dir)

    import_tensorflow()
    from sagcn_tf.training.run import train_run

    folders = run_dir, _FLAGS.data_dir, _FLAGS.manual_dir, cluster, _FLAGS.evaluate
    train_run(config, *folders, classifier_dir=_FLAGS.classifier_dir)


def _given_fields():
    """Returns the configuration fields that are given on the command line."""
    names = [field.name for field in dataclasses.fields(configs.Config)]
    given = {name: _FLAGS[name].value for name in names if _FLAGS[name].value is not None}
    for name, value in given.items():
        if isinstance(value, list):
            try:
                given[name] = tuple(int(one) for one in value)
            except ValueError:
                raise UserError(f"--{name} must be whole numbers, received {value}") from None
    return given


if __name__ == "__main__":
    _define_flags()
    run_main(main)
