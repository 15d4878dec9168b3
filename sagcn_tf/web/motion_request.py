"""What the page asks for, as the query of a link."""

import dataclasses
import re
import urllib.parse

from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import label_of, parse_mixture, parse_transition

KINDS = ("label", "mix", "transition")
MAX_COUNT = 6
MAX_SEED = 2**31 - 1 - MAX_COUNT


@dataclasses.dataclass(frozen=True)
class MotionRequest:
    """A request for clips: which model, which action, which seeds, and what to show beside them.

    Attributes:
        model: name of the model.
        kind: `"label"`, `"mix"` or `"transition"`.
        value: the action as on the command line of `generate`: `walking`, `walking:60,kicking:40`
            (weights of any sum), or `walking,sitting`.
        seed: seed of the first clip.
        count: number of clips.
        compare: name of a second model, or empty.
        real: whether to show real clips beside them.
    """

    model: str
    kind: str
    value: str
    seed: int = 0
    count: int = 3
    compare: str = ""
    real: bool = False

    @classmethod
    def from_query(cls, query, models):
        """Reads a request from the parameters of a link; those of the player are ignored.

        Args:
            query: mapping of names to texts.
            models: `{name: class names}`; the first is the default.

        Returns:
            A `MotionRequest` that the models can answer.

        Raises:
            UserError: if a value is none of those expected; the message says which.
        """
        model = _one_of("model", query.get("model", next(iter(models))), models)
        compare = query.get("compare", "")
        kinds = [kind for kind in KINDS if kind in query] or ["label"]
        if len(kinds) > 1:
            raise UserError(f"expected one of {', '.join(KINDS)}, got {' and '.join(kinds)}")
        request = cls(
            model=model,
            kind=kinds[0],
            value=query.get(kinds[0], models[model][0]),
            seed=_whole_number("seed", query.get("seed", "0"), 0, MAX_SEED),
            count=_whole_number("count", query.get("count", "3"), 1, MAX_COUNT),
            compare=_one_of("compare", compare, models) if compare else "",
            real=_one_of("real", query.get("real", "0"), ("0", "1")) == "1",
        )
        for name in request.models:
            try:
                label_of(request.action, models[name])
            except UserError as error:
                raise UserError(f"{name}: {error}") from error
        return request

    @property
    def action(self):
        """The action, as `TrainedRun.generate` takes it."""
        if self.kind == "label":
            return self.value
        if self.kind == "transition":
            return parse_transition(self.value)
        weights = parse_mixture(self.value)
        total = sum(weights.values())
        if not 0 < total < float("inf") or min(weights.values()) < 0:
            raise UserError(f"mix={self.value}: expected weights of 0 or more, one above 0")
        return {name: weight / total for name, weight in weights.items()}

    @property
    def models(self):
        """Names of the models asked for."""
        return [self.model, self.compare] if self.compare else [self.model]

    @property
    def query(self):
        """The request as the query of a link."""
        values = {"model": self.model, self.kind: self.value, "seed": self.seed}
        values |= {"count": self.count}
        values |= {"compare": self.compare} if self.compare else {}
        values |= {"real": "1"} if self.real else {}
        return urllib.parse.urlencode(values, safe=":,/")


def _one_of(name, value, allowed):
    if value not in allowed:
        raise UserError(f"{name}={value}: expected one of: {', '.join(allowed)}")
    return value


def _whole_number(name, text, lowest, highest):
    if not re.fullmatch(r"[0-9]{1,10}", text) or not lowest <= int(text) <= highest:
        raise UserError(f"{name}={text}: expected a whole number from {lowest} to {highest}")
    return int(text)
