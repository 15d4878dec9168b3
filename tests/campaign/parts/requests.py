"""Random and mutated requests: each gets its status, the server lives, its memory stays flat."""

import random
import subprocess
import sys

import grpc
import numpy as np
import psutil

from tests.campaign.grpc_requests import GrpcRequests
from tests.campaign.rest_requests import RestRequests
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion
from tests.serving.server_process import free_port
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

_LOOKS = 20  # at the memory
_GROWTH = (
    0.02  # of the memory in the second half; of a leak of 15 KiB per request, it would be more
)


class _Server:
    """A local server in its own process, with REST.

    Attributes:
        port, rest_port: its ports.
    """

    def __init__(self, base_path, log):
        self.port, self.rest_port = free_port(), free_port()
        flags = (f"--model_base_path={base_path}", f"--port={self.port}")
        command = [sys.executable, "-m", "serving.local_server", *flags]
        command.append(f"--rest_api_port={self.rest_port}")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def megabytes(self):
        """Returns the memory that it occupies, in MiB."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20


def run(trials):
    """Sends as many gRPC and as many REST requests as there are trials."""
    closed_form_model.save(trials.folder / "sagcn" / "1", 1)
    for name, kind, share in (("gRPC", GrpcRequests, 0.5), ("REST", RestRequests, 1.0)):
        with open(trials.folder / f"{name}.log", "w") as log:
            server = _Server(trials.folder / "sagcn", log)
            try:
                _send(trials, name, kind, server, share)
            finally:
                server.process.kill()
                server.process.wait()


def _send(trials, name, kind, server, share):
    stubs = Stubs(server)
    stubs.prediction.Predict(request_of("generate"), timeout=TIMEOUT, wait_for_ready=True)
    sender, stage, used = kind(server, stubs.channel), trials.part(trials.most, share), []
    every = max(1, trials.most // _LOOKS)
    for seed in stage:
        try:
            if fault := sender.send(random.Random(seed)):
                trials.fail(seed, f"{name}: {fault}")
            if seed % 100 == 0:
                motion = arrays_of(stubs.predict(request_of("generate")))["motion"]
                np.testing.assert_array_equal(motion, expected_motion(1, [2], [9]))
        except (grpc.RpcError, AssertionError, OSError) as error:
            trials.fail(seed, f"{name}: {type(error).__name__}: {str(error)[:200]}")
            if server.process.poll() is not None:
                break
        if (stage.done - 1) % every == 0:
            used.append(server.megabytes())
    stubs.channel.close()
    trials.done += stage.done
    if not used:
        return
    half = used[len(used) // 2]
    if used[-1] > half * (1 + _GROWTH):
        trials.fail(trials.first, f"{name}: memory grew from {half:.0f} to {used[-1]:.0f} MiB")
    counts = ", ".join(f"{count} {code}" for code, count in sorted(sender.counts.items()))
    trials.note(
        f"{name}: {stage.done} requests ({counts}). Memory: {used[0]:.0f} MiB at the start, "
        f"{half:.0f} in the middle, {used[-1]:.0f} in the end."
    )
