"""Pushes an exported model into a served folder if it passes its checks, or rolls back.

python -m serving.push --model_dir=models/sagcn/1 --base_path=served/sagcn --max_mmd_seq=0.3
python -m serving.push --base_path=served/sagcn --rollback

A model is pushed if its metrics are within the limits below and not worse than those of the version
served now, and if, in another process, it loads and answers its own warm-up requests. The pushed
version has a blessing.json that records the checks. If the model is refused, the folder does not
change and the exit status is 1.

A new version gets the number after all that were ever served. --rollback moves the served version
to BASE_PATH/withdrawn, so that the previous blessed version is the newest again.
"""

import dataclasses

from absl import flags

from serving.errors import UserError, run_main
from serving.pushing import infra_validation
from serving.pushing.thresholds import Thresholds

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("model_dir", None, "Folder of one exported version.")
    flags.DEFINE_string("base_path", None, "The served folder.", required=True)
    flags.DEFINE_boolean("rollback", False, "Return to the previous blessed version.")
    for field in dataclasses.fields(Thresholds):
        meaning = field.metadata["help"]
        if field.metadata["statistic"]:
            meaning += ", as a ratio to real motion"
        flags.DEFINE_float(field.name, field.default, meaning, lower_bound=0)
    flags.DEFINE_integer(
        "time_limit", infra_validation.SECONDS, "Time limit of the infra validation, in seconds.", 1
    )
    flags.DEFINE_integer(
        "memory_limit",
        infra_validation.MEGABYTES,
        "Its memory limit, in MiB.",
        1,
    )
    flags.register_multi_flags_validator(
        ["model_dir", "rollback"],
        lambda values: (values["model_dir"] is None) == values["rollback"],
        "Give --model_dir or --rollback, not both.",
    )


def main(_):
    """Runs the command line."""
    from serving.pushing import pusher

    if _FLAGS.rollback:
        path, withdrawn = pusher.roll_back(_FLAGS.base_path)
        print(f"withdrawn: {', '.join(map(str, withdrawn))}\nserved: {path}")
        return
    limits = {field.name: _FLAGS[field.name].value for field in dataclasses.fields(Thresholds)}
    try:
        path = pusher.push(
            _FLAGS.model_dir,
            _FLAGS.base_path,
            Thresholds(**limits),
            _FLAGS.time_limit,
            _FLAGS.memory_limit,
        )
    except UserError as error:
        raise UserError(f"not pushed: {error}") from error
    print(f"blessed and pushed: {path}")


if __name__ == "__main__":
    _define_flags()
    run_main(main)
