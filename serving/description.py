"""What a served model says of itself."""

import dataclasses
import json
from typing import Any

from serving.errors import UserError


@dataclasses.dataclass(frozen=True)
class Description:
    """The answer of the signature `describe`.

    Attributes:
        class_names: names of the actions, in the order of their numbers.
        skeleton: dict with the keys `name`, `joints` (names), `edges` and `bones` (pairs of joint
            numbers; -1 in a bone is the root, which lies at the origin), `left`, `right`
            (numbers of the joints of either side) and `center`.
        unit: of the coordinates, such as "pixel".
        frame_rate: frames a second.
        frames: number of frames of a motion, T.
        dimensions: coordinates of a joint, 2 or 3.
        dataset: what the model was trained on.
        version: version of the model that said so.
    """

    class_names: tuple[str, ...]
    skeleton: dict[str, Any]
    unit: str
    frame_rate: float
    frames: int
    dimensions: int
    dataset: str
    version: int

    @classmethod
    def from_json(cls, text, version):
        """Reads the JSON text of `describe`; unknown keys are ignored.

        Raises:
            UserError: if the text is not the description of a model.
        """
        try:
            given = json.loads(text)
            names = {field.name for field in dataclasses.fields(cls)} - {"version"}
            fields = {name: given[name] for name in names}
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"the server's model does not describe itself as an export of SA-GCN does: {error}"
            ) from error
        fields["class_names"] = tuple(fields["class_names"])
        return cls(version=version, **fields)

    def number_of(self, label):
        """Returns the number of a class; case, spaces, hyphens and underscores do not matter.

        Raises:
            UserError: if no class has this name; the message lists those that exist.
        """
        for number, name in enumerate(self.class_names):
            if _plain(name) == _plain(label):
                return number
        known = ", ".join(self.class_names)
        raise UserError(f"the label {label!r} is unknown; the server's model has: {known}.")


def _plain(name):
    return "".join(character for character in name.casefold() if character not in " _-")
