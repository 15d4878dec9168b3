"""The container of binary glTF: numbers that accessors describe, and the bytes of a file."""

import json
import struct

import numpy as np

# Types of numbers and of rows, in glTF's terms.
_NUMBERS = {"f": 5126, "H": 5123, "I": 5125}
_ROWS = {(): "SCALAR", (3,): "VEC3", (4,): "VEC4", (4, 4): "MAT4"}


class GlbBuffer:
    """Collects arrays, and writes them behind the scene that refers to them."""

    def __init__(self):
        self._data, self._views, self._accessors = bytearray(), [], []

    def add(self, values, number="f"):
        """Adds an array.

        Args:
            values: `[count, ...]`; matrices in column-major order.
            number: NumPy code of the type: `"f"`, `"H"` or `"I"`. Default: `"f"`.

        Returns:
            Index of the accessor.
        """
        values = np.ascontiguousarray(values, number)
        self._views.append(
            {"buffer": 0, "byteOffset": len(self._data), "byteLength": values.nbytes}
        )
        self._data += values.tobytes() + bytes(-values.nbytes % 4)
        rows = values.reshape(len(values), -1)
        self._accessors.append(
            {
                "bufferView": len(self._views) - 1,
                "componentType": _NUMBERS[number],
                "count": len(values),
                "type": _ROWS[values.shape[1:]],
                "min": rows.min(axis=0).tolist(),
                "max": rows.max(axis=0).tolist(),
            }
        )
        return len(self._accessors) - 1

    def file(self, scene):
        """Returns the bytes of a file: a header, and chunks padded to multiples of four bytes."""
        scene = {
            **scene,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": len(self._data)}],
        }
        text = json.dumps(scene, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        chunks = b"".join(
            struct.pack("<I4s", len(chunk), kind) + chunk
            for kind, chunk in ((b"JSON", text), (b"BIN\0", bytes(self._data)))
        )
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
