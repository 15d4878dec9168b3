"""A request that a server refused or did not answer."""


class RequestError(Exception):
    """What went wrong, in the server's words.

    Attributes:
        code: `grpc.StatusCode`.
        message: the server's message, or gRPC's.
    """

    def __init__(self, code, message):
        super().__init__(f"{code.name}: {message}")
        self.code, self.message = code, message
