"""The studio from end to end: a server process with `pretrained`, and a headless Chromium."""

import contextlib
import importlib.util
import io
import re
import signal
import subprocess
import sys
import urllib.parse

import numpy as np
import pytest
from PIL import Image

from tests.browser import chromium
from tests.build_file import ROOT

pytestmark = pytest.mark.slow

# Layout shifts, as the browser measures them; and how often the player draws.
SHIFTS = """
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput) window.shifts += entry.value;
    }).observe({type: "layout-shift", buffered: true});
"""


@contextlib.contextmanager
def studio(*arguments):
    """Yields the process and the address of a studio."""
    if importlib.util.find_spec("nicegui") is None:
        pytest.skip("NiceGUI is not installed (pip install -r requirements-studio.txt)")
    command = [sys.executable, "-m", "sagcn_tf.studio", "--port=0", "--noopen_browser", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield process, found[0]
                    break
            else:
                pytest.fail("the studio did not start")
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory, browser):
    data_dir = tmp_path_factory.mktemp("data")
    with studio("--run_dir=pretrained", f"--data_dir={data_dir}") as (_, address):
        yield address


@pytest.fixture
def page(browser):
    """A page that fails the test if it reports errors or asks another host."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(90_000)  # on a busy machine, preparing data takes half a minute
    page.faults, page.asked = [], []
    page.on(
        "console",
        lambda message: page.faults.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("websocket", lambda socket: page.asked.append(socket.url))
    page.add_init_script(SHIFTS)
    yield page
    hosts = {urllib.parse.urlsplit(url).hostname for url in page.asked}
    page.close()
    assert page.faults == []
    assert hosts <= {"127.0.0.1", None}  # None: data and blob addresses


def open_page(page, address, query=""):
    page.goto(f"{address}/?{query}")
    page.wait_for_function("document.querySelector('motion-player')?.drawn > 2")


def picture(page):
    """The pixels of the canvas."""
    png = page.locator("motion-player .stage canvas").screenshot()
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int)


def choose(page, label, option):
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def shown(page):
    return page.locator("motion-player .status").inner_text()


def wait_until_shown(page, text):
    page.wait_for_function(
        "(text) => document.querySelector('.status').innerText == text", arg=text
    )


def test_a_chosen_action_plays_at_once_and_smoothly(page, address):
    open_page(page, address)
    page.evaluate("window.start = 0")
    page.get_by_label("Action", exact=True).click()
    page.evaluate("""() => {
        const player = document.querySelector("motion-player"), show = player.show.bind(player);
        document.addEventListener("click", () => (window.clicked ??= performance.now()), true);
        player.show = (answer) => { show(answer); window.moved ??= performance.now(); };
    }""")
    page.get_by_role("option", name="kicking something", exact=True).click()
    page.wait_for_function("window.moved")
    assert shown(page) == "3 clips of kicking something"
    assert (
        page.evaluate("window.moved - window.clicked") < 5000
    )  # ms; below 1000 on an idle machine

    first = picture(page)
    page.wait_for_timeout(300)
    assert (np.abs(picture(page) - first).max(axis=-1) > 60).sum() > 100  # it moves

    rate = page.evaluate("""async () => {
        const player = document.querySelector("motion-player");
        const [drawn, start] = [player.drawn, performance.now()];
        await new Promise((done) => setTimeout(done, 1000));
        return (player.drawn - drawn) / (performance.now() - start) * 1000;
    }""")
    assert rate > 10  # 60 on an idle machine
    assert page.evaluate("window.shifts") < 0.05


def test_sliders_change_a_mixture_and_the_number_of_clips(page, address):
    open_page(page, address, "mix=walking:50,kicking something:50&count=2")
    assert shown(page) == "2 clips of 0.5 walking + 0.5 kicking something"

    page.get_by_label("Share of kicking something").press("ArrowLeft")
    mixed = "0.51 walking + 0.49 kicking something"
    wait_until_shown(page, f"2 clips of {mixed}")
    page.get_by_label("Number of clips").press("ArrowRight")
    wait_until_shown(page, f"3 clips of {mixed}")


def test_the_keyboard_pauses_and_scrubs_and_the_link_brings_it_back(page, address):
    open_page(page, address, "transition=walking,sitting down&seed=5&count=1")
    canvas = page.locator("motion-player .stage canvas")
    canvas.press(" ")
    page.get_by_label("Frame", exact=True).fill("12")
    page.get_by_label("Attended frames").check()
    page.get_by_label("Speed").select_option("0.25")
    canvas.press("ArrowRight")
    page.wait_for_function("location.search.includes('frame=13')")
    before = picture(page)

    link = page.url
    open_page(page, link.partition("?")[0].rstrip("/"), link.partition("?")[2])

    assert page.get_by_label("Frame", exact=True).input_value() == "13"
    assert page.get_by_label("Speed").input_value() == "0.25"
    assert page.get_by_label("From", exact=True).input_value() == "walking"
    assert page.get_by_label("Seed").input_value() == "5"
    page.mouse.move(0, 0)
    assert (np.abs(picture(page) - before) > 8).mean() < 0.001
    page.get_by_label("Frame", exact=True).fill("40")
    assert (np.abs(picture(page) - before) > 60).mean() > 0.001


def test_real_clips_stand_beside(page, address):
    open_page(page, address, "label=walking&count=2")
    page.get_by_label("Real clips of the action").check()
    wait_until_shown(page, "4 clips of walking")
    page.wait_for_function("location.search.includes('real=1')")


def test_downloads_open(page, address):
    open_page(page, address, "label=walking&count=2&seed=3")
    found = {}
    for name in ("GIF", "NPZ", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Download {name}").click()
        found[download.value.suggested_filename] = download.value.path()

    with Image.open(found["walking_3.gif"]) as animation:
        assert animation.n_frames == 50
    with np.load(found["walking_3.npz"], allow_pickle=False) as arrays:
        assert arrays["motion"].shape == (2, 50, 15, 2)
    assert "walking_3_csv.zip" in found


def test_a_link_that_asks_for_too_much_gets_a_message(page, address):
    open_page(page, address, "label=flying&count=99")

    assert (
        "count=99: expected a whole number from 1 to 6"
        in page.locator(".q-notification").inner_text()
    )
    answer = page.request.get(f"{address}/motion?label=flying")
    assert answer.status == 400 and "class 'flying' is unknown" in answer.json()["message"]
    assert page.request.get(f"{address}/file?label=walking&format=exe").status == 400
    assert page.request.get(f"{address}/", headers={"Host": "elsewhere.example"}).status == 400


def test_a_studio_that_is_gone_gives_a_message(page, address):
    open_page(page, address, "label=walking")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('motion-player').setAttribute('query', 'seed=1')")
    page.wait_for_function("document.querySelector('.message').innerText != ''")

    assert "The studio does not answer" in page.locator(".message").inner_text()
    page.faults.clear()  # the browser reports the lost connection, too


def test_the_theme_follows_the_system_and_can_be_switched(page, address):
    page.emulate_media(color_scheme="dark")
    open_page(page, address)
    dark = picture(page)[0, 0]
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function("document.body.classList.contains('body--light')")

    assert dark.max() < 80 and picture(page)[0, 0].min() > 200
