"""What the local server is told at its start."""

import dataclasses
from typing import Any

from serving.local.batching_options import BatchingOptions


@dataclasses.dataclass(frozen=True)
class ServerOptions:
    """How a `LocalServer` is set up.

    Attributes:
        config: `ModelServerConfig` with absolute paths.
        host: address to listen on.
        port: of gRPC; 0 takes any that is free.
        rest_port: of REST; 0 takes any that is free, None opens none.
        batching: `BatchingOptions`, or None to run each request alone.
        credentials: `grpc.ServerCredentials`, or None to speak without TLS.
        max_message_bytes: the largest request, on gRPC and on REST.
        rest_timeout: seconds that a REST request may take.
        poll_seconds: pause between two looks for new versions; 0 looks once.
        max_num_load_retries: how often a version that cannot be loaded is tried again.
        load_retry_interval: seconds between two attempts.
        allow_version_labels_for_unavailable_models: whether a new label may name a version that
            is not loaded.
    """

    config: Any
    host: str = "127.0.0.1"
    port: int = 8500
    rest_port: int | None = 8501
    batching: BatchingOptions | None = BatchingOptions()
    credentials: Any = None
    max_message_bytes: int = 4 * 2**20
    rest_timeout: float = 30.0
    poll_seconds: float = 1.0
    max_num_load_retries: int = 5
    load_retry_interval: float = 60.0
    allow_version_labels_for_unavailable_models: bool = False
