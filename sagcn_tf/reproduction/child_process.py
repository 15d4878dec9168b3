"""Runs a function in a child process, because TensorFlow releases memory only when it exits."""

import multiprocessing
import signal

from sagcn_tf.errors import UserError


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
    process = context.Process(target=_send_result, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    old = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
    }
    try:
        error, result = ours.recv()
    except EOFError:
        process.join()
        raise UserError(
            f"{function.__name__} ended with status {process.exitcode}. Start the same command "
            "again to continue"
        ) from None
    finally:
        process.join()
        for number, handler in old.items():
            signal.signal(number, handler)
    if error:
        raise UserError(error)
    return result


def _send_result(pipe, function, arguments):
    try:
        pipe.send((None, function(*arguments)))
    except UserError as error:
        pipe.send((str(error), None))
