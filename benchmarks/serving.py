"""Measures the latency that the local server adds and the gain of batching.

python -m benchmarks.serving --preset=small --json=serving.json

An untrained generator of the preset is served by two local servers, with and without batching, each
in its own process. Requests for one motion come from threads of another process on the same
machine. All cases are measured in turn, in several rounds, so that other work on the machine
affects all of them; the results are medians of the rounds. On a busy machine, compare processor
times, which depend less on other work.
"""

import concurrent.futures
import contextlib
import multiprocessing
import os
import pathlib
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time

import grpc
import numpy as np
from absl import app, flags, logging

from serving import messages
from serving.channel import connect
from serving.tensors import write_array

CLIENTS = (1, 8, 32)
_BARE_CALLS = 100  # per round
_BATCHING = {True: "with batching", False: "without batching"}
_ROOT = pathlib.Path(__file__).parents[1]
_FLAGS = flags.FLAGS


def write_model(folder, preset):
    """Writes the SavedModel of an untrained generator of a preset, for the 15-joint skeleton."""
    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.config import make_config
    from sagcn_tf.data.motion_data import MotionData
    from sagcn_tf.exporting.served_model import ServedModel
    from sagcn_tf.runs import new_model
    from sagcn_tf.skeleton import Skeleton

    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    data = MotionData(
        dataset="synthetic",
        class_names=[f"class {number}" for number in range(10)],
        skeleton=skeleton,
        mean=np.zeros((skeleton.num_joints, 2), np.float32),
        std=np.ones((skeleton.num_joints, 2), np.float32),
        unit="pixel",
        frame_rate=50.0,
        stride=3,
        first_start=0,
    )
    ServedModel(new_model(make_config("synthetic", preset), data), data).save(folder)


@contextlib.contextmanager
def running_server(base_path, batching):
    """Yields the port and the `psutil.Process` of a local server."""
    import psutil

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "serving.local_server", f"--model_base_path={base_path}"]
    command += [f"--port={port}", "--rest_api_port=0", f"--enable_batching={batching}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=_ROOT, **quiet)
    try:
        with connect(f"127.0.0.1:{port}") as channel:
            grpc.channel_ready_future(channel).result(timeout=300)
        yield port, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def ask(port, clients, seconds):
    """Sends requests from `clients` threads without a pause.

    Returns:
        The latency of each answer in seconds, and the number of answers within `seconds`.
    """
    end = time.perf_counter() + seconds

    def client(number):
        request = messages.PredictRequest()
        request.model_spec.name = "sagcn"
        for name, value in (("label", number % 10), ("seed", number)):
            write_array(np.array([value], np.int32), request.inputs.add(key=name).value)
        content = request.SerializeToString()
        options = [
            ("grpc.use_local_subchannel_pool", 1),  # one connection per client
            ("grpc.enable_http_proxy", 0),
        ]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            predict = channel.unary_unary(messages.PREDICT)
            times = [time.perf_counter()]
            while times[-1] < end:
                predict(content, timeout=60)
                times.append(time.perf_counter())
        return times

    with concurrent.futures.ThreadPoolExecutor(clients) as threads:
        times = list(threads.map(client, range(clients)))
    latencies = np.concatenate([np.diff(one) for one in times])
    # Answers that came after the end are not counted.
    in_time = sum(sum(answered < end for answered in one[1:]) for one in times)
    return latencies, in_time


def bare_latencies(model):
    """Returns the seconds of calls of the model in this process, one motion each."""
    latencies = []
    for number in range(_BARE_CALLS):
        inputs = {"label": np.array([number % 10], np.int32), "seed": np.array([0], np.int32)}
        start = time.perf_counter()
        model.run("serving_default", inputs)
        latencies.append(time.perf_counter() - start)
    return latencies


def processor_seconds(process):
    """Returns the processor time that a process has used, in seconds."""
    times = process.cpu_times()
    return times.user + times.system


def measure(base_path, rounds, seconds):
    """Measures all cases in turn.

    Returns:
        The latencies of bare calls in each round; and three dictionaries from (batching, clients)
        to one value per round: the latencies, the motions per second, and the processor seconds
        of the server per motion.
    """
    from tqdm import tqdm

    from serving.session_model import SessionModel

    model = SessionModel(base_path / "1")
    bare, served = [], {(batching, n): [] for batching in _BATCHING for n in CLIENTS}
    speed, used = ({key: [] for key in served} for _ in range(2))
    context = multiprocessing.get_context("spawn")
    with (
        running_server(base_path, True) as batched,
        running_server(base_path, False) as unbatched,
        concurrent.futures.ProcessPoolExecutor(1, context) as client,
    ):
        servers = {True: batched, False: unbatched}
        turns = [*served] * (rounds + 1)  # The first round warms up.
        for batching, clients in tqdm(turns, unit=" measurements"):
            if (batching, clients) == (True, 1):
                bare.append(bare_latencies(model))
            port, process = servers[batching]
            before = processor_seconds(process)
            latencies, in_time = client.submit(ask, port, clients, seconds).result()
            served[batching, clients].append(latencies)
            speed[batching, clients].append(in_time / seconds)
            used[batching, clients].append((processor_seconds(process) - before) / len(latencies))
    for all_rounds in (bare, *served.values(), *speed.values(), *used.values()):
        del all_rounds[0]
    return bare, served, speed, used


def rows_of(bare, served, speed, used):
    """Returns the results as dictionaries of name, measured, unit and goal (or None)."""

    def milliseconds(rounds, percent):
        return 1e3 * np.median([np.percentile(one, percent) for one in rounds])

    rows = [("bare model call, p50", milliseconds(bare, 50), "ms", None)]
    for percent, goal in ((50, "below 2"), (99, None)):
        added = milliseconds(served[True, 1], percent) - milliseconds(bare, percent)
        rows.append((f"added by the server, one client, p{percent}", added, "ms", goal))
    for clients in CLIENTS:
        for batching, words in _BATCHING.items():
            name = f"{clients} clients, {words}"
            rows.append((name, np.median(speed[batching, clients]), "motions/s", None))
            rows.append((f"{name}, p50", milliseconds(served[batching, clients], 50), "ms", None))
            cost = 1e3 * np.median(used[batching, clients])
            rows.append((f"{name}, processor time per motion", cost, "ms", None))
        goal = "at least 3" if clients == max(CLIENTS) else None
        gain = np.median(speed[True, clients]) / np.median(speed[False, clients])
        rows.append((f"{clients} clients, gain of batching", gain, "times", goal))
        gain = np.median(used[False, clients]) / np.median(used[True, clients])
        rows.append((f"{clients} clients, gain in processor time", gain, "times", goal))
    keys = ("name", "measured", "unit", "goal")
    return [dict(zip(keys, row, strict=True)) | {"measured": float(row[1])} for row in rows]


def main(_):
    """Measures, prints the results, and writes them to --json."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.set_verbosity(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        base_path = pathlib.Path(folder)
        write_model(base_path / "1", _FLAGS.preset)
        measured = measure(base_path, _FLAGS.rounds, _FLAGS.seconds)
    rows = rows_of(*measured)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"preset {_FLAGS.preset}, {machine}, median of {_FLAGS.rounds} rounds")
    for row in rows:
        goal = f"  (goal: {row['goal']})" if row["goal"] else ""
        print(f"{row['name']:52s} {row['measured']:9.2f} {row['unit']}{goal}")
    if _FLAGS.json:
        from sagcn_tf.files import write_json

        about = {"preset": _FLAGS.preset, "machine": machine}
        write_json(_FLAGS.json, [row | about for row in rows])


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "small", ("paper", "tuned", "small"), "Preset of the networks.")
    flags.DEFINE_integer("rounds", 5, "Number of rounds.", 1)
    flags.DEFINE_float("seconds", 2.0, "Seconds per measurement.", 0.1)
    flags.DEFINE_string("json", None, "File for the results.")
    app.run(main)
