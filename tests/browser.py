"""A headless Chromium for tests of web pages; they are skipped where there is none."""

import contextlib
import importlib
import importlib.util
import shutil

import pytest

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextlib.contextmanager
def chromium():
    """Yields a Playwright `Browser`; skips the test if Playwright or Chromium is not installed."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("Playwright is not installed (pip install -r requirements-browser.txt)")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    api = importlib.import_module("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
