"""Pushes a version into a served folder, moves its labels, and rolls back to the previous one."""

import contextlib
import os
import pathlib
import shutil

from serving.errors import UserError
from serving.pushing import blessing, evaluation, infra_validation
from serving.versions import version_numbers, version_path, write_version

WITHDRAWN, _LOCK = "withdrawn", ".push.lock"


def push(
    model_dir, base_path, thresholds, seconds, megabytes, progress=print, config=None, labels=()
):
    """Copies an exported model into a served folder if it passes; otherwise nothing changes.

    Its number is above all that were ever served there, so that servers take it as the newest.

    Args:
        model_dir: Folder of one exported version.
        base_path: The served folder; it is created if it is missing.
        thresholds: `Thresholds`.
        seconds: Time limit of the infra validation.
        megabytes: Memory limit of the infra validation, in MiB.
        progress: Function that is called with a line of text before each stage.
        config: The `ModelConfigFile` of the servers, or None if they take the newest version.
        labels: Names of the labels in it that move to the new version.

    Returns:
        The path of the new version.

    Raises:
        UserError: With the reason, if the model is refused or the folder cannot be written.
    """
    model_dir, base_path = pathlib.Path(model_dir), pathlib.Path(base_path)
    _check_exported(model_dir)

    def write(folder):
        progress(f"1/3 copying {model_dir}")
        shutil.copytree(model_dir, folder, dirs_exist_ok=True)
        progress("2/3 evaluation: comparing metrics with the thresholds and the served version")
        baseline, checks = _evaluate(folder, base_path, thresholds, progress)
        progress(f"3/3 infra validation, at most {seconds} seconds")
        found = infra_validation.validate(folder, seconds, megabytes)
        for name in found["not_replayed"]:
            progress(f"    signature {name}: not tried, the export has no request for it")
        checks = {"evaluation": checks, "infra_validation": found}
        place = base_path.resolve()
        blessing.write_blessing(folder, model_dir.resolve(), place, baseline, checks)

    with _alone_in(base_path, f"{base_path} cannot be written", create=True):
        for left in base_path.glob(".pushing-*"):  # by a push that was killed
            shutil.rmtree(left, ignore_errors=True)
        withdrawn = base_path / WITHDRAWN
        path = write_version(base_path, write, "pushing", lambda: version_numbers(withdrawn))
        if config is not None:
            progress(
                f"{path} is pushed. Servers get {config.settle_seconds:g} seconds to load it "
                "(--settle_seconds); restart one that keeps its labels"
            )
            config.load(int(path.name))
            config.move_labels(labels, int(path.name))
        return path


def roll_back(base_path, config=None):
    """Withdraws the served version and all others above the previous blessed one.

    They are moved to the folder `withdrawn/` in the served folder, where servers do not look. The
    served one is moved last: at every moment, the newest version is either it or the blessed one.
    Labels in the `config`, as for `push`, move first.

    Returns:
        `(path, withdrawn)`: the path of the version that is served now, and the paths of those
        that were withdrawn.

    Raises:
        UserError: If there is no earlier blessed version; nothing changes then.
    """
    base_path = pathlib.Path(base_path)
    with _alone_in(base_path, f"--base_path={base_path} cannot be changed"):
        *earlier, served = version_numbers(base_path) or [None]
        number = _newest_blessed(base_path, earlier)
        if config is not None:
            config.withdraw(number)
        folder = base_path / WITHDRAWN
        folder.mkdir(exist_ok=True)
        withdrawn = []
        for other in [*(one for one in earlier if one > number), served]:
            withdrawn.append(folder / str(other))
            os.rename(version_path(base_path, other), withdrawn[-1])
        return version_path(base_path, number), withdrawn


def move_labels(base_path, config, labels):
    """Moves labels in a `ModelConfigFile` to the newest version; returns its number.

    Raises:
        UserError: If there is no version or it is not blessed; nothing changes then.
    """
    base_path = pathlib.Path(base_path)
    with _alone_in(base_path, "the labels cannot be moved"):
        numbers = version_numbers(base_path)
        if not numbers:
            raise UserError(f"--base_path={base_path} has no versions: push one first")
        blessing.check_blessing(version_path(base_path, numbers[-1]))
        config.load(numbers[-1])
        config.move_labels(labels, numbers[-1])
        return numbers[-1]


def _check_exported(model_dir):
    if (model_dir / "saved_model.pb").is_file():
        return
    hint = "Export a run with python -m sagcn_tf.export"
    if numbers := version_numbers(model_dir):
        hint = f"Its newest version is {version_path(model_dir, numbers[-1])}: give that"
    raise UserError(f"--model_dir={model_dir} is not an exported version. {hint}")


def _evaluate(folder, base_path, thresholds, progress):
    """Returns the version that is served now, if a candidate can be compared, and the checks."""
    metrics, served, baseline = evaluation.read_metrics(folder), None, None
    if numbers := version_numbers(base_path):
        newest = version_path(base_path, numbers[-1])
        try:
            served, baseline = evaluation.read_metrics(newest), newest.resolve()
        except UserError as error:
            progress(f"    not compared with the served version {numbers[-1]}: {error}")
    checks = evaluation.evaluate(metrics, thresholds, served)
    for name, check in checks.items():
        if "not checked" in check:
            progress(f"    {name}: not checked, {check['not checked']}")
    return baseline, checks


def _newest_blessed(base_path, numbers):
    reasons = []
    for number in reversed(numbers):
        try:
            blessing.check_blessing(version_path(base_path, number))
            return number
        except UserError as error:
            reasons.append(str(error))
    why = "; ".join(reasons) or "there is no earlier version"
    raise UserError(f"--base_path={base_path} has no blessed version to return to: {why}")


@contextlib.contextmanager
def _alone_in(folder, failure, create=False):
    """Locks a served folder against other pushes; the lock ends with the process.

    Raises:
        UserError: If another process has the lock; or `failure` and the reason, if something in
            the block cannot be read or written.
    """
    from filelock import FileLock, Timeout

    try:
        if create:
            folder.mkdir(parents=True, exist_ok=True)
        folder.stat()  # FileLock would create a missing folder.
        with FileLock(folder / _LOCK, timeout=0):
            yield
    except Timeout:
        raise UserError(f"another push into {folder} is running; wait for it") from None
    except OSError as error:
        raise UserError(f"{failure}: {error}") from error
