"""The page of the studio: its controls, and the player that follows them."""

from fastapi import Request
from nicegui import ui

from sagcn_tf.errors import UserError
from sagcn_tf.web.action_controls import ActionControls
from sagcn_tf.web.inputs import checkbox
from sagcn_tf.web.motion_request import MotionRequest

_FILES = {".gif": "GIF", ".mp4": "MP4", ".bvh": "BVH", ".glb": "GLB", ".npz": "NPZ", ".csv": "CSV"}
_COPY = "navigator.clipboard?.writeText(location.href).then(() => true) ?? false"
_HEAD = """
<meta name="description" content="Generated human motion">
<link rel="stylesheet" href="/static/studio.css">
<script type="module" src="/static/motion_player.js"></script>
"""


def add_page(app, studio):
    """Adds the page to a FastAPI application.

    Args:
        app: the application.
        studio: the `Studio`.
    """

    @ui.page("/", title="SA-GCN studio")
    def page(request: Request):
        StudioPage(studio, request.query_params)

    ui.run_with(app, language="en-US", dark=None, tailwind=False, show_welcome_message=False)


class StudioPage:
    """The page of one visitor.

    Args:
        studio: the `Studio`.
        query: the parameters of the link.
    """

    def __init__(self, studio, query):
        self._studio = studio
        try:
            request, problem = MotionRequest.from_query(query, studio.models), None
        except UserError as error:
            request, problem = MotionRequest.from_query({}, studio.models), str(error)
        ui.add_head_html(_HEAD)
        with ui.element("div").classes("studio"):
            self._build_head()
            with ui.element("section").classes("card action"):
                self._action = ActionControls(studio.models[request.model], request, self._show)
            self._player = ui.element("motion-player").classes("card")
            with ui.element("section").classes("card more"):
                self._build_comparison(request)
                self._build_files()
        self._show()
        if problem:
            text = f"This link does not fit this studio: {problem}"
            style = {"type": "negative", "position": "top", "multi_line": True}
            ui.notify(text, timeout=0, close_button="Close", **style)

    def _build_head(self):
        with ui.element("header"):
            _text("h1", "SA-GCN studio")
            _text("p", "Pick an action and watch generated people move.")
            _icon_button("link", "Copy the link to what you see", self._copy_link)
            _icon_button("contrast", "Light or dark", self._switch_theme)

    def _build_comparison(self, request):
        names, changed = list(self._studio.models), lambda: self._show()
        _text("h2", "Compare")
        self._model = ui.select(names, value=request.model, label="Model", on_change=self._switch)
        others = {"": "nothing"} | {name: name for name in names}
        self._compare = ui.select(
            others, value=request.compare, label="Compare with", on_change=changed
        )
        for choice in (self._model, self._compare):
            choice.props("outlined dense").set_visibility(len(names) > 1)
        self._real = request.real
        checkbox("Real clips of the action", self._real, self._lay_beside)

    def _build_files(self):
        _text("h2", "Download")
        self._files = ui.element("div").classes("files")
        hint = "The generated clips, without those that they are compared with."
        _text("p", hint).classes("hint")

    def _lay_beside(self, real):
        self._real = real
        self._show()

    def _switch(self):
        """Keeps the action if the other model has it."""
        self._action.set_classes(self._studio.models[self._model.value])
        self._show()

    def _show(self):
        """Sends what the controls say to the player."""
        kind, value = self._action.chosen
        if value is None:
            return
        request = MotionRequest(
            model=self._model.value,
            kind=kind,
            value=value,
            seed=self._action.seed,
            count=self._action.count,
            compare=self._compare.value,
            real=self._real,
        )
        self._player.props["query"] = request.query
        self._player.update()
        self._files.clear()
        with self._files:
            for suffix, name in _FILES.items():
                if suffix not in self._studio.suffixes(request.model):
                    continue
                link = f"/file?{request.query}&format={suffix[1:]}"
                ui.link(name, link).props(f'download aria-label="Download {name}"')

    async def _copy_link(self):
        """Copies the address; browsers allow that on this machine and on pages with TLS only."""
        copied = await ui.run_javascript(_COPY)
        text = "The link is in the clipboard." if copied else "Copy the address of this page."
        ui.notify(text, color="primary")

    def _switch_theme(self):
        """Switches between light and dark; until then, the page follows the system."""
        ui.run_javascript("Quasar.Dark.toggle()")


def _text(tag, text):
    return ui.html(text, sanitize=False, tag=tag)


def _icon_button(icon, label, action):
    button = ui.button(icon=icon, on_click=action).props(f'flat round aria-label="{label}"')
    button.tooltip(label)
