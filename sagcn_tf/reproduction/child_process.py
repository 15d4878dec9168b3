"""One job in a process of its own, as TensorFlow gives memory and settings back only at its end."""

import multiprocessing
import signal

from sagcn_tf.errors import UserError


def in_a_child_process(function, *arguments):
    """Calls a function of a module in a new process.

    SIGTERM goes on to the process, and Ctrl-C reaches it as it reaches this one; both wait for what
    the function then does.

    Args:
        function: a function that can be imported, not a lambda.
        *arguments: what it takes; plain values.

    Returns:
        What the function returned.

    Raises:
        UserError: if the function raised one, or the process ended without an answer.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, arguments))
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
            f"{function.__name__} ended with status {process.exitcode}; the same command goes on "
            "where it stopped"
        ) from None
    finally:
        process.join()
        for number, handler in old.items():
            signal.signal(number, handler)
    if error:
        raise UserError(error)
    return result


def _answer(pipe, function, arguments):
    try:
        pipe.send((None, function(*arguments)))
    except UserError as error:
        pipe.send((str(error), None))
