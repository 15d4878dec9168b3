"""Runs a function in a child process, because TensorFlow releases memory only when it exits."""

import multiprocessing
import signal
import sys

from sagcn_tf.errors import UserError, file_error, hide_notes


def run_in_child_process(function, *arguments):
    """Calls a function in a new process and waits for its result.

    SIGTERM is forwarded to the child process; Ctrl-C reaches both processes. In both cases, the
    child decides when to end.

    Args:
        function: an importable function, not a lambda.
        *arguments: its arguments; they must be picklable.

    Returns:
        The result of the function.

    Raises:
        UserError: if the function raised one, or the process ended without a result.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process, stops = context.Process(target=_send_result, args=(theirs, function, arguments)), []
    process.start()
    theirs.close()

    def stop(number, _):
        stops.append(signal.Signals(number).name)
        if number == signal.SIGTERM:
            process.terminate()

    old = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        error, result = ours.recv()
    except EOFError:
        process.join()
        raise UserError(
            f"stopped by {stops[0]}. The same command continues where it stopped"
            if stops
            else f"the process of {function.__name__} was ended: {_reason(process.exitcode)}. The "
            "same command continues where it stopped"
        ) from None
    finally:
        process.join()
        for number, handler in old.items():
            signal.signal(number, handler)
    if error:
        raise UserError(error)
    return result


def _reason(status):
    """Describes the status of a process that sent no result."""
    if status == -signal.SIGKILL:
        return "SIGKILL, as the system sends when memory runs out"
    return signal.Signals(-status).name if status < 0 else f"status {status}, see above"


def _send_result(pipe, function, arguments):
    hide_notes()
    try:
        pipe.send((None, function(*arguments)))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)  # the parent says so
    except Exception as error:
        text = str(error) if isinstance(error, UserError) else file_error(error)
        if text is None:
            raise
        pipe.send((text, None))
