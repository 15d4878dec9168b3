"""Parses the messages of requests."""

import grpc


class RequestParser(grpc.ServerInterceptor):
    """Parses requests instead of gRPC, which leaks each call whose message is damaged.

    gRPC aborts such a call in the thread that received it, while its handler keeps waiting for a
    message; the call, about 15 KiB, is never freed.
    """

    def intercept_service(self, continuation, handler_call_details):
        """Returns the handler of a call, which gets the bytes of the message."""
        handler = continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler
        make, answer = grpc.unary_unary_rpc_method_handler, handler.unary_unary
        if handler.response_streaming:
            make, answer = grpc.unary_stream_rpc_method_handler, handler.unary_stream

        def parse_and_answer(content, context):
            try:
                request = handler.request_deserializer(content)
            except Exception as error:  # protobuf's, which differ between its implementations
                context.abort(grpc.StatusCode.INTERNAL, f"the request is damaged: {error}")
            return answer(request, context)

        return make(parse_and_answer, response_serializer=handler.response_serializer)
