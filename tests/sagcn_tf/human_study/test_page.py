"""The page in a real browser: three simulated raters side by side, and a server that crashes."""

import contextlib
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest

from sagcn_tf.human_study.records import Records
from sagcn_tf.human_study.run import score_study
from sagcn_tf.human_study.schedule import schedule
from tests.browser import chromium
from tests.small_study import KEYS, opinion, simulated_rating, small_study

pytest.importorskip("fastapi", reason="requirements-studio.txt is not installed")

ROOT = pathlib.Path(__file__).parents[3]
NAMES = ("simulated-1", "simulated-2", "simulated-3")
STUDY = small_study()
RED_PIXELS = """() => {
  const canvas = document.getElementById("clips");
  const values = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < values.length; i += 4) count += values[i] > values[i + 2] + 80;
  return count;
}"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class Server:
    """`human_evaluation serve` in another process, which can be killed and started again."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        flags = [f"--study_dir={self.folder}", f"--port={self.port}"]
        command = [sys.executable, "-m", "sagcn_tf.human_evaluation", "serve", *flags]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.address in self.process.stdout.readline()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(self.address):
                return
        raise AssertionError("the server does not answer")

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    STUDY.save(folder)
    server = Server(folder)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class Rater:
    """A simulated rater in a window of their own."""

    def __init__(self, browser, server, name):
        self.requests, self.errors = [], []
        self.page = browser.new_context(viewport={"width": 380, "height": 800}).new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(server.address)
        self.page.get_by_label("A name of your choice").fill(name)
        self.page.get_by_role("button", name="Start").click()
        self.page.get_by_role("button", name="Next").wait_for()
        self.number = Records(server.folder).raters.index(name)
        self.judgments = schedule(STUDY, self.number)
        self.rng = np.random.default_rng(self.number)
        self.made = 0

    def rate(self, presses=1):
        """Rates the clip on the page with the keyboard."""
        rating = simulated_rating(STUDY, self.judgments[self.made].clip, self.rng)
        self.page.keyboard.press(str(rating))
        for _ in range(presses):
            self.page.keyboard.press("Enter")
        self.made += 1
        self.wait()

    def wait(self):
        if self.made < len(self.judgments):
            self.page.get_by_text(f"{self.made} of {len(self.judgments)}").wait_for()
        else:
            self.page.get_by_role("heading", name="Thank you").wait_for()


def test_three_raters_go_through_and_their_means_are_recovered(browser, server):
    raters = [Rater(browser, server, name) for name in NAMES]
    page = raters[0].page

    assert page.get_by_text("Simulated study").is_visible()
    assert page.evaluate(RED_PIXELS) > 10  # the left limbs
    picture = "document.getElementById('clips').toDataURL()"
    before = page.evaluate(picture)
    page.wait_for_function(f"before => {picture} !== before", arg=before)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert page.get_by_role("button", name="Next").is_disabled()

    for rater in raters:
        rater.rate(presses=3)  # a double submit

    server.kill()
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.get_by_text("The server does not answer").wait_for()
    server.start()
    page.reload()
    raters[0].wait()

    while raters[0].made < len(raters[0].judgments):
        for rater in raters:
            rater.rate()

    ratings = Records(server.folder).ratings
    assert len(ratings) == sum(len(rater.judgments) for rater in raters)
    assert all(one["simulated"] for one in ratings.values())
    _, scores = score_study(server.folder)
    assert scores["simulated"] and all(rater["passed"] for rater in scores["raters"])
    seen = {judgment.clip for judgment in raters[0].judgments}
    for key in KEYS:
        expected = np.mean([opinion(STUDY, clip) for clip in seen if STUDY.keys[clip] == key])
        assert scores["systems"][key]["mean"] == pytest.approx(expected, abs=0.35)
        assert scores["systems"][key]["raters"] == 3
    for rater in raters:
        assert rater.errors == []
        assert all(url.startswith((server.address, "data:")) for url in rater.requests)
