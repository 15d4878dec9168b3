"""The controls that choose an action, its seed and the number of clips."""

import contextlib
import functools
import random

from nicegui import ui

from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import find_label, parse_mixture, parse_transition
from sagcn_tf.web.inputs import range_input
from sagcn_tf.web.motion_request import MAX_COUNT, MAX_SEED

_KINDS = {"label": "Single", "mix": "Mixture", "transition": "Transition"}
_HINTS = {
    "label": "One of the actions that the model was trained on.",
    "mix": "The label is a weighted mean of several actions (equation 8).",
    "transition": "The label moves from the first action to the second within the clip.",
}
_RANDOM_SEEDS = 10_000


class ActionControls:
    """Lets the visitor choose one action, a mixture or a transition, and which clips of it.

    Args:
        class_names: names of the classes.
        request: the `MotionRequest` to begin with.
        on_change: called after each change.

    Attributes:
        count: number of clips.
    """

    def __init__(self, class_names, request, on_change):
        self._names, self._on_change = list(class_names), on_change
        self._kind = request.kind
        first, last = self._names[0], self._names[-1]
        self._label, self._weights, self._ends = first, {first: 50, last: 50}, [first, last]
        self._take(request)
        choices = ui.toggle(_KINDS, value=self._kind, on_change=self._change_kind)
        choices.props(
            'no-caps spread unelevated toggle-text-color=on-accent aria-label="What to generate"'
        )
        self._place = ui.element("div").classes("choices")
        self._draw()
        with ui.element("div").classes("row"):
            self._seed = ui.number("Seed", value=request.seed, min=0, max=MAX_SEED, precision=0)
            self._seed.props("outlined dense").on_value_change(lambda: self._on_change())
            again = ui.button("Another seed", on_click=self._draw_seed)
            again.props("no-caps unelevated text-color=on-accent")
        self.count = request.count
        range_input("Clips", "Number of clips", 1, MAX_COUNT, self.count, self._set_count)

    @property
    def chosen(self):
        """Kind and value of the action, as in `MotionRequest`; the value is None if unfinished."""
        if self._kind == "label":
            return "label", self._label
        if self._kind == "transition":
            return "transition", ",".join(self._ends)
        weights = {name: weight for name, weight in self._weights.items() if weight > 0}
        return "mix", ",".join(f"{name}:{weight:g}" for name, weight in weights.items()) or None

    @property
    def seed(self):
        """Seed of the first clip."""
        return int(min(max(self._seed.value or 0, 0), MAX_SEED))

    def set_classes(self, class_names):
        """Offers the actions of another model, and keeps those chosen if it has them."""
        self._names = list(class_names)
        first, last = self._names[0], self._names[-1]
        self._label = self._known(self._label) or first
        weights = {self._known(name): weight for name, weight in self._weights.items()}
        weights.pop(None, None)
        self._weights = weights or {first: 50, last: 50}
        ends = [self._known(name) for name in self._ends]
        self._ends = ends if all(ends) else [first, last]
        self._draw()

    def _take(self, request):
        """Takes the action of a request."""
        if request.kind == "label":
            self._label = self._known(request.value)
        elif request.kind == "mix":
            pairs = parse_mixture(request.value).items()
            self._weights = {self._known(name): weight for name, weight in pairs}
        else:
            self._ends = [self._known(name) for name in parse_transition(request.value)]

    def _known(self, name):
        """Returns a name as the model spells it, or None if it has no such action."""
        with contextlib.suppress(UserError):
            return self._names[find_label(name, self._names)]

    def _change_kind(self, event):
        self._kind = event.value
        self._draw()
        self._on_change()

    def _draw(self):
        """Draws the controls of the chosen kind."""
        self._place.clear()
        with self._place:
            {"label": self._draw_label, "mix": self._draw_mix, "transition": self._draw_ends}[
                self._kind
            ]()
            ui.label(_HINTS[self._kind]).classes("hint")

    def _draw_label(self):
        self._select("Action", self._label, self._set_label)

    def _draw_ends(self):
        for place, title in enumerate(("From", "To")):
            self._select(
                title, self._ends[place], lambda name, place=place: self._set_end(place, name)
            )

    def _draw_mix(self):
        chosen = ui.select(
            self._names, multiple=True, value=list(self._weights), label="Actions to mix"
        )
        chosen.props("outlined dense use-chips")
        chosen.on_value_change(lambda event: self._set_mixed(event.value))
        for name, weight in self._weights.items():
            change = functools.partial(self._set_weight, name)
            range_input(name, f"Share of {name}", 0, 100, weight, change)

    def _select(self, title, value, on_change):
        select = ui.select(self._names, value=value, label=title).props(
            "outlined dense options-dense"
        )
        select.on_value_change(lambda event: on_change(event.value))

    def _set_label(self, name):
        self._label = name
        self._on_change()

    def _set_end(self, place, name):
        self._ends[place] = name
        self._on_change()

    def _set_mixed(self, names):
        self._weights = {name: self._weights.get(name, 50) for name in names}
        self._draw()
        self._on_change()

    def _set_weight(self, name, weight):
        self._weights[name] = weight
        self._on_change()

    def _set_count(self, count):
        self.count = count
        self._on_change()

    def _draw_seed(self):
        self._seed.value = random.randrange(_RANDOM_SEEDS)
