"""Pushes an exported model into a served folder if it passes its checks, or rolls back.

python -m serving.push --model_dir=models/sagcn/1 --base_path=served/sagcn
python -m serving.push --base_path=served/sagcn --rollback

A model is pushed if its metrics are better than those of real clips of a wrong class and of white
noise, within the limits below and not worse than those of the version served now, and if, in
another process, it loads and answers its own warm-up requests. The pushed version has a
blessing.json that records the checks. If the model is refused, the folder does not change and the
exit status is 1.

A new version gets the number after all that were ever served. --rollback moves the served version
to BASE_PATH/withdrawn, so that the previous blessed version is the newest again.

Servers with a --model_config_file load the newest version and all that have a label. With the same
flag, push and rollback keep that file up to date, and --labels=stable,canary moves these labels to
the new version, or, without --model_dir, to the newest one.
"""

import dataclasses
import pathlib

from absl import flags

from serving.errors import UserError, run_main
from serving.pushing import infra_validation
from serving.pushing.evaluation import Thresholds
from serving.versions import local_path, version_numbers

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("model_dir", None, "Folder of one exported version.")
    flags.DEFINE_string("base_path", None, "The served folder.", required=True)
    flags.DEFINE_boolean("rollback", False, "Return to the previous blessed version.")
    flags.DEFINE_string("model_config_file", None, "ModelServerConfig file that servers reread.")
    flags.DEFINE_list("labels", [], "Labels to move to the pushed, or else the newest, version.")
    flags.DEFINE_float(
        "settle_seconds",
        30,
        "Seconds between two writes of --model_config_file: the version, then its labels. A server "
        "that misses the first, because it loads for longer, keeps its labels until a restart.",
        0,
    )
    for field in dataclasses.fields(Thresholds):
        meaning = field.metadata["help"]
        if field.metadata["statistic"]:
            meaning += ", as a multiple of that of real motion"
        flags.DEFINE_float(field.name, field.default, meaning, lower_bound=0)
    flags.DEFINE_integer(
        "time_limit", infra_validation.SECONDS, "Time limit of the infra validation, in seconds.", 1
    )
    flags.DEFINE_integer(
        "memory_limit",
        infra_validation.MEGABYTES,
        "Memory limit of the infra validation, in MiB.",
        1,
    )
    flags.register_multi_flags_validator(
        ["model_dir", "rollback", "labels"],
        lambda values: (
            bool(values["model_dir"]) + values["rollback"] == 1
            or (values["labels"] and not values["model_dir"] and not values["rollback"])
        ),
        "Give --model_dir or --rollback, not both, or --labels alone.",
    )
    flags.register_multi_flags_validator(
        ["labels", "rollback", "model_config_file"],
        lambda values: (
            not values["labels"] or (values["model_config_file"] and not values["rollback"])
        ),
        "--labels needs --model_config_file; with --rollback, labels move by themselves.",
    )


def main(_):
    """Runs the command line."""
    from serving.pushing import pusher

    base_path = pathlib.Path(local_path(_FLAGS.base_path))
    config = _model_config_file(base_path)
    if _FLAGS.rollback:
        path, withdrawn = pusher.roll_back(base_path, config)
        print(f"withdrawn: {', '.join(map(str, withdrawn))}\nserved: {path}")
    elif not _FLAGS.model_dir:
        number = pusher.move_labels(base_path, config, _FLAGS.labels)
        print(f"{', '.join(_FLAGS.labels)}: version {number}")
    else:
        print(f"blessed and pushed: {_push(pusher, base_path, config)}")


def _push(pusher, base_path, config):
    limits = {field.name: _FLAGS[field.name].value for field in dataclasses.fields(Thresholds)}
    try:
        return pusher.push(
            local_path(_FLAGS.model_dir),
            base_path,
            Thresholds(**limits),
            _FLAGS.time_limit,
            _FLAGS.memory_limit,
            config=config,
            labels=_FLAGS.labels,
        )
    except UserError as error:
        raise UserError(f"not pushed: {error}") from error


def _model_config_file(base_path):
    if not _FLAGS.model_config_file:
        return None
    from serving.pushing.model_config_file import ModelConfigFile

    return ModelConfigFile(
        local_path(_FLAGS.model_config_file),
        base_path.resolve().name,
        lambda: version_numbers(base_path),
        _FLAGS.settle_seconds,
    )


if __name__ == "__main__":
    _define_flags()
    run_main(main)
