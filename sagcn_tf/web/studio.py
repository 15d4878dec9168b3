"""Answers the requests of the page: clips to play, and files to download."""

import base64
import contextlib
import functools
import io
import pathlib
import tempfile
import zipfile

import numpy as np

from sagcn_tf.errors import UserError
from sagcn_tf.figures import pose
from sagcn_tf.generation import writers
from sagcn_tf.generation.labels import label_of
from sagcn_tf.web.motion_request import MotionRequest

_REMEMBERED = 32  # requests whose clips are kept, so that a download is what was played


class Studio:
    """Generates clips of one or several models.

    Args:
        sources: `{name: source}`; a source has `data`, `frames` and `generate`, as `LocalSource`.
        real_clips: the `RealClips`.

    Attributes:
        models: `{name: class names}`, with spaces instead of underscores.
    """

    def __init__(self, sources, real_clips):
        self._sources, self._real = sources, real_clips
        self.models = {
            name: [_spoken(one) for one in source.data.class_names]
            for name, source in sources.items()
        }
        self._clips = functools.lru_cache(_REMEMBERED)(self._generate)

    def warm_up(self):
        """Generates with each model, so that no visitor waits for TensorFlow to start."""
        for model, names in self.models.items():
            self.clips(MotionRequest(model, "label", names[0]))
            with contextlib.suppress(UserError):  # a system without transitions
                self.clips(MotionRequest(model, "transition", ",".join([names[0], names[-1]])))

    def data(self, model):
        """Returns the `MotionData` that describes the motion of a model."""
        return self._sources[model].data

    def suffixes(self, model):
        """Returns the suffixes of the files in which motion of a model can be written."""
        return [suffix for suffix in writers.SUFFIXES if _fits(suffix, self.data(model))]

    def clips(self, request):
        """Generates the clips of a request.

        Args:
            request: a `MotionRequest`.

        Returns:
            JSON-serializable dict: `title`; `groups`, a list of dicts with `title` and `panels`,
            one panel per clip; `note`, a text for the user or None. Arrays are base64 texts of
            little-endian numbers.

        Raises:
            UserError: if a model cannot generate the clips.
        """
        source, note = self._sources[request.model], None
        label, title = label_of(request.action, source.data.class_names)
        groups = [self._group(request, name) for name in request.models]
        if request.real:
            number = int(np.atleast_2d(label)[0].argmax())
            try:
                motion = self._real.draw(source, number, request.count, request.seed)
            except UserError as error:
                note = f"No real clips: {error}"
            else:
                titles = [f"real {self.models[request.model][number]}"] * request.count
                panels = _panels({"motion": motion}, titles, source.data)
                groups.append({"title": "data", "panels": panels})
        return {"title": _spoken(title), "groups": groups, "note": note}

    def file(self, request, suffix):
        """Writes the clips of a request's first model to a file.

        Args:
            request: a `MotionRequest`.
            suffix: one of `suffixes`.

        Returns:
            `(name, bytes)`; a ZIP archive if there are several files.

        Raises:
            UserError: if the model cannot generate the clips, or the format cannot hold them.
        """
        data = self.data(request.model)
        if suffix not in self.suffixes(request.model):
            expected = ", ".join(self.suffixes(request.model))
            raise UserError(f"format={suffix}: expected one of: {expected}")
        _, title = label_of(request.action, data.class_names)
        motion = self._clips(request.model, _key(request))["motion"]
        stem = "".join(c if c.isalnum() else "_" for c in title.replace(".", ""))
        seeds = np.arange(request.seed, request.seed + request.count, dtype=np.int32)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"{stem}_{request.seed}{suffix}"
            paths = writers.write(path, motion, data, title, seeds)
            if len(paths) == 1:
                return paths[0].name, paths[0].read_bytes()
            return f"{path.stem}_{suffix[1:]}.zip", _archive(paths)

    def _group(self, request, model):
        titles = [f"seed {request.seed + i}" for i in range(request.count)]
        clips = self._clips(model, _key(request))
        return {"title": model, "panels": _panels(clips, titles, self.data(model))}

    def _generate(self, model, key):
        action, count, seed = key
        action = dict(action[1]) if action[0] == "mix" else action[1]
        clips = self._sources[model].generate(action, count, seed)
        if not np.isfinite(clips["motion"]).all():
            raise UserError(f"{model} generates NaN or infinity. Use another checkpoint")
        return clips


def _key(request):
    action = request.action
    frozen = tuple(action.items()) if request.kind == "mix" else action
    return (request.kind, frozen), request.count, request.seed


def _spoken(name):
    return name.replace("_", " ")


def _fits(suffix, data):
    try:
        writers.check_output(f"motion{suffix}", data)
    except UserError:
        return False
    return True


def _panels(clips, titles, data):
    """Describes each clip for the player."""
    skeleton = data.skeleton
    count, frames, joints, dimensions = clips["motion"].shape
    body = {
        "frames": frames,
        "joints": joints,
        "dimensions": dimensions,
        "rate": data.clip_rate(frames),
        "scale": f"{skeleton.name} {data.unit}",
        "skeleton": {
            "bones": skeleton.bones,
            "left": skeleton.left,
            "right": skeleton.right,
            "head": pose.head(skeleton),
        },
    }
    types = {"motion": "<f4", "attention": "<f4", "kept": "<i4"}
    return [
        {**body, "title": title}
        | {name: _base64(clips[name][i], types[name]) for name in types if name in clips}
        for i, title in enumerate(titles[:count])
    ]


def _base64(array, kind):
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def _archive(paths):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return buffer.getvalue()
