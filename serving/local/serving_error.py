"""The error of a request: a status code of gRPC and a message."""

import grpc

_LONGEST_MESSAGE = 1024  # as in TensorFlow Serving


class ServingError(Exception):
    """A request that gets no answer.

    Attributes:
        code: `grpc.StatusCode`, the one that TensorFlow Serving gives in this case.
        message: what is wrong.
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def details(self):
        """The message as it is sent to a client: cut where it is very long."""
        if len(self.message) <= _LONGEST_MESSAGE:
            return self.message
        return self.message[:_LONGEST_MESSAGE] + "...TRUNCATED"

    @property
    def number(self):
        """The number of the code, which gRPC and TensorFlow have in common."""
        return self.code.value[0]


def code_of(number):
    """Returns the `grpc.StatusCode` of a number, such as that of an error of TensorFlow."""
    return next(code for code in grpc.StatusCode if code.value[0] == number)


def invalid_argument(message):
    """Returns the `ServingError` of a request that is wrong in itself."""
    return ServingError(grpc.StatusCode.INVALID_ARGUMENT, message)


def failed_precondition(message):
    """Returns the `ServingError` of a request that does not suit what is served."""
    return ServingError(grpc.StatusCode.FAILED_PRECONDITION, message)


def not_found(message):
    """Returns the `ServingError` of a request for what is not there."""
    return ServingError(grpc.StatusCode.NOT_FOUND, message)
