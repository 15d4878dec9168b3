"""The error of a request that gets no answer."""

import functools

import grpc


class RequestError(Exception):
    """A request that a model or a server refused, or that a server did not answer.

    Args:
        code: `grpc.StatusCode`.
        message: What is wrong, without the code.
    """

    def __init__(self, code, message):
        super().__init__(f"{code.name}: {message}")
        self.code, self.message = code, message


# For a request that is wrong in itself, does not fit the model, or names what does not exist.
invalid_argument = functools.partial(RequestError, grpc.StatusCode.INVALID_ARGUMENT)
failed_precondition = functools.partial(RequestError, grpc.StatusCode.FAILED_PRECONDITION)
not_found = functools.partial(RequestError, grpc.StatusCode.NOT_FOUND)
