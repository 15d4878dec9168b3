"""The description of a served model."""

import dataclasses
import json
from typing import Any

from serving.errors import UserError


@dataclasses.dataclass(frozen=True)
class Description:
    """The answer of the signature `describe`.

    Attributes:
        class_names: Names of the classes, in the order of their numbers.
        skeleton: Dict with the keys `name`, `joints` (names), `edges` and `bones` (pairs of joint
            numbers; -1 in a bone is the root, which lies at the origin), `left`, `right`
            (numbers of the joints of each side) and `center`.
        unit: Unit of the coordinates, such as "pixel".
        frame_rate: Frames per second.
        frames: Number of frames of a motion, T.
        dimensions: Number of coordinates per joint, 2 or 3.
        dataset: Name of the data set that the model was trained on.
        version: Version of the model that answered.
        recorded_rate: Frames per second of the recordings, of which motion may skip some; None if
            the model does not say.
        clips: "window", or "resample" if a motion is like a whole recording.
        source: What the files of the user were like that the model was trained on, such as the rig
            of BVH files; None if there were none.
        root_motion: Indices of the joints whose mean is the root, if motion goes over the ground;
            None or empty if it is relative to the root.
    """

    class_names: tuple[str, ...]
    skeleton: dict[str, Any]
    unit: str
    frame_rate: float
    frames: int
    dimensions: int
    dataset: str
    version: int
    recorded_rate: float | None = None
    clips: str = "window"
    source: dict[str, Any] | None = None
    root_motion: list[int] | None = None

    @classmethod
    def from_json(cls, text, version):
        """Parses the JSON text that a version answers to `describe`; unknown keys are ignored.

        Raises:
            UserError: If the text is not the description of a model.
        """
        try:
            given = json.loads(text)
            parts = [field for field in dataclasses.fields(cls) if field.name != "version"]
            needed = {part.name for part in parts if part.default is dataclasses.MISSING}
            names = needed | ({part.name for part in parts} & given.keys())
            fields = {name: given[name] for name in names}
            fields["class_names"] = tuple(fields["class_names"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UserError(
                "the model on the server is not an export of SA-GCN: bad description "
                f"({error!r:.200})"
            ) from error
        return cls(version=version, **fields)

    def number_of(self, label):
        """Returns the number of a class; case, spaces, hyphens and underscores do not matter.

        Raises:
            UserError: If no class has this name; the message lists those that exist.
        """
        for number, name in enumerate(self.class_names):
            if _plain(name) == _plain(label):
                return number
        known = ", ".join(self.class_names)
        raise UserError(f"the label {label!r} is unknown; the model on the server has: {known}.")


def _plain(name):
    return "".join(character for character in name.casefold() if character not in " _-")
