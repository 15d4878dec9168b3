"""Parses the messages of requests."""

import grpc


class RequestParser(grpc.ServerInterceptor):
    """Parses requests in the place of gRPC, which keeps each call whose message is damaged.

    gRPC aborts such a call in the thread that received it, while its handler goes on to wait for a
    message; the call, about 15 KiB, is never freed.
    """

    def intercept_service(self, continuation, handler_call_details):
        """Returns the handler of a call, which gets the bytes of the message."""
        handler = continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler

        def parse(content, context):
            try:
                return handler.request_deserializer(content)
            except Exception as error:  # protobuf's, which differ between its implementations
                context.abort(grpc.StatusCode.INTERNAL, f"the request is damaged: {error}")

        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                lambda content, context: handler.unary_stream(parse(content, context), context),
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda content, context: handler.unary_unary(parse(content, context), context),
            response_serializer=handler.response_serializer,
        )
