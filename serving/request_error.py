"""The error of a request that gets no answer."""

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


def invalid_argument(message):
    """Returns the `RequestError` of a request that is wrong in itself."""
    return RequestError(grpc.StatusCode.INVALID_ARGUMENT, message)


def failed_precondition(message):
    """Returns the `RequestError` of a request that does not fit the model."""
    return RequestError(grpc.StatusCode.FAILED_PRECONDITION, message)


def not_found(message):
    """Returns the `RequestError` of a request for something that does not exist."""
    return RequestError(grpc.StatusCode.NOT_FOUND, message)
