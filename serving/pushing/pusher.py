"""Pushes a version into a served folder, and rolls back to the previous one."""

import contextlib
import fcntl
import os
import pathlib
import shutil

from serving.errors import UserError
from serving.pushing import blessing, evaluation, infra_validation
from serving.versions import version_numbers, version_path, write_version

WITHDRAWN = "withdrawn"


def push(model_dir, base_path, thresholds, seconds, megabytes, progress=print):
    """Copies an exported model into a served folder if it passes; otherwise nothing changes.

    Its number is above all that were ever served there, so that servers take it as the newest.

    Args:
        model_dir: Folder of one exported version.
        base_path: The served folder; it is created if it is missing.
        thresholds: `Thresholds`.
        seconds: Time limit of the infra validation.
        megabytes: Memory limit of the infra validation, in MiB.
        progress: Function that is called with a line of text before each stage.

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
        checks = _evaluate(folder, base_path, thresholds, progress)
        progress(f"3/3 infra validation, at most {seconds} seconds")
        checks["infra_validation"] = infra_validation.validate(folder, seconds, megabytes)
        blessing.write_blessing(folder, model_dir.resolve(), checks)

    try:
        base_path.mkdir(parents=True, exist_ok=True)
        with _alone_in(base_path):
            _delete_leftovers(base_path)
            withdrawn = base_path / WITHDRAWN
            return write_version(base_path, write, "pushing", lambda: version_numbers(withdrawn))
    except OSError as error:
        raise UserError(f"{base_path} cannot be written: {error}") from error


def roll_back(base_path):
    """Withdraws the served version and all others above the previous blessed one.

    They are moved to the folder `withdrawn/` in the served folder, where servers do not look. The
    served one is moved last: at every moment, the newest version is either it or the blessed one.

    Args:
        base_path: The served folder.

    Returns:
        `(path, withdrawn)`: the path of the version that is served now, and the paths of those
        that were withdrawn.

    Raises:
        UserError: If there is no earlier blessed version; nothing changes then.
    """
    base_path = pathlib.Path(base_path)
    try:
        with _alone_in(base_path):
            *earlier, served = version_numbers(base_path) or [None]
            number = _newest_blessed(base_path, earlier)
            folder = base_path / WITHDRAWN
            folder.mkdir(exist_ok=True)
            withdrawn = []
            for other in [*(one for one in earlier if one > number), served]:
                withdrawn.append(folder / str(other))
                os.rename(version_path(base_path, other), withdrawn[-1])
            return version_path(base_path, number), withdrawn
    except OSError as error:
        raise UserError(f"--base_path={base_path} cannot be changed: {error}") from error


def _check_exported(model_dir):
    if (model_dir / "saved_model.pb").is_file():
        return
    hint = "Export a run with python -m sagcn_tf.export"
    if numbers := version_numbers(model_dir):
        hint = f"Its newest version is {version_path(model_dir, numbers[-1])}: give that"
    raise UserError(f"--model_dir={model_dir} is not an exported version. {hint}")


def _evaluate(folder, base_path, thresholds, progress):
    """Evaluates a candidate and compares it with the version that is served now."""
    metrics, served, number = evaluation.read_metrics(folder), None, None
    if numbers := version_numbers(base_path):
        try:
            served = evaluation.read_metrics(version_path(base_path, numbers[-1]))
            number = numbers[-1]
        except UserError as error:
            progress(f"    not compared with the served version {numbers[-1]}: {error}")
    found = evaluation.evaluate(metrics, thresholds, served)
    return {"compared_with_version": number, "evaluation": found}


def _newest_blessed(base_path, numbers):
    reasons = []
    for number in reversed(numbers):
        try:
            blessing.check_blessing(version_path(base_path, number))
        except UserError as error:
            reasons.append(str(error))
        else:
            return number
    why = "; ".join(reasons) or "there is no earlier version"
    raise UserError(f"--base_path={base_path} has no blessed version to return to: {why}")


@contextlib.contextmanager
def _alone_in(folder):
    """Locks a served folder against other pushes; the lock ends with the process.

    Raises:
        UserError: If another process has the lock.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"another push into {folder} is running; wait for it") from None
        yield
    finally:
        os.close(descriptor)


def _delete_leftovers(base_path):
    """Deletes what killed pushes have left; because of the lock, no other push runs now."""
    for path in base_path.glob(".pushing-*"):
        shutil.rmtree(path, ignore_errors=True)
