"""Native inputs of browsers, which keyboards and screen readers support best."""

from nicegui import ui

_THROTTLE = 0.15  # seconds between two reports of a slider that is being moved


def range_input(title, label, lowest, highest, value, on_change):
    """Adds a row of a title, a slider of whole numbers, and its value.

    Args:
        title: text beside the slider.
        label: name of the slider for screen readers.
        lowest: lowest number.
        highest: highest number.
        value: the number to begin with.
        on_change: called with the number after each change.
    """

    def take(event):
        shown.set_text(event.args)
        on_change(int(event.args))

    with ui.element("div").classes("range"):
        ui.label(title)
        slider = ui.element("input").props("type=range step=1")
        slider.props.update({"min": lowest, "max": highest, "value": value, "aria-label": label})
        shown = ui.label(f"{value:g}")
    slider.on("input", take, js_handler="(event) => emit(event.target.value)", throttle=_THROTTLE)


def checkbox(label, checked, on_change):
    """Adds a checkbox; `on_change` is called with True or False after each change."""
    with ui.element("label").classes("choice"):
        box = ui.element("input").props("type=checkbox")
        box.props["checked"] = checked
        ui.label(label)
    box.on(
        "change", lambda event: on_change(event.args), js_handler="(e) => emit(e.target.checked)"
    )
