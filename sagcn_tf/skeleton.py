"""The skeleton of a data set: its joints, their graph and the bones to draw."""

import dataclasses

import numpy as np

ROOT = -1


@dataclasses.dataclass(frozen=True)
class Skeleton:
    """The joints and edges of a body, as stored in the metadata of a data set.

    Attributes:
        name: short name, such as `human36m_15`.
        joints: names of the N joints, in the order of the joint axis of a motion.
        edges: pairs of joint indices, the undirected graph of the graph convolutions.
        bones: pairs of joint indices, the lines to draw. `ROOT` (-1) is a root joint at the origin
            that is not part of the motion.
        left: indices of the joints of the left limbs.
        right: indices of the joints of the right limbs.
        center: index of the joint at the middle of the body.
        root_motion: whether the last of `joints` is not a joint of the body, but a node for the
            motion of the root. It has edges to the root and no bones. Default: False.

    Raises:
        ValueError: if an index is out of range, a joint name appears twice, a joint is on both
            sides, an edge joins a joint to itself, or the graph of `edges` is not connected.
    """

    name: str
    joints: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    bones: tuple[tuple[int, int], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    center: int
    root_motion: bool = False

    def __post_init__(self):
        """Checks that the skeleton is valid."""
        self._check_joints()
        self._check_pairs("edges", lowest=0)
        self._check_pairs("bones", lowest=ROOT)
        self._check_indices("left", self.left)
        self._check_indices("right", self.right)
        self._check_indices("center", [self.center])
        both = sorted(set(self.left) & set(self.right))
        if both:
            raise ValueError(
                f"{self._where('left')}: joints {both} are also in `right`. List each joint on one "
                "side only."
            )
        self._check_connected()

    @classmethod
    def from_metadata(cls, metadata):
        """Creates a skeleton from the dict that `to_metadata` returns.

        Args:
            metadata: dict with the keys `name`, `joints`, `edges`, `bones`, `left`, `right` and
                `center`. Sequences may be lists, as JSON gives them.

        Returns:
            A `Skeleton`.

        Raises:
            ValueError: if a key is missing or unknown, or the skeleton is not valid.
        """
        fields = {field.name for field in dataclasses.fields(cls)}
        for keys, problem in (
            (fields - set(metadata) - {"root_motion"}, "is missing the keys"),
            (set(metadata) - fields, "has unknown keys"),
        ):
            if keys:
                raise ValueError(
                    f"skeleton {metadata.get('name', '(no name)')!r} {problem} {sorted(keys)}; "
                    f"expected {sorted(fields)}."
                )
        return cls(
            name=str(metadata["name"]),
            joints=tuple(str(joint) for joint in metadata["joints"]),
            edges=_pairs(metadata["edges"]),
            bones=_pairs(metadata["bones"]),
            left=tuple(int(joint) for joint in metadata["left"]),
            right=tuple(int(joint) for joint in metadata["right"]),
            center=int(metadata["center"]),
            root_motion=bool(metadata.get("root_motion")),
        )

    def to_metadata(self):
        """Returns the skeleton as a JSON-serializable dict."""
        return {
            "name": self.name,
            "joints": list(self.joints),
            "edges": [list(edge) for edge in self.edges],
            "bones": [list(bone) for bone in self.bones],
            "left": list(self.left),
            "right": list(self.right),
            "center": self.center,
            **({"root_motion": True} if self.root_motion else {}),
        }

    def with_root_motion(self, root):
        """Returns a skeleton with one more node, for the motion of the root.

        Args:
            root: indices of the joints whose mean is the root; the node has edges to them.
        """
        node = self.num_joints
        return dataclasses.replace(
            self,
            joints=(*self.joints, "(root motion)"),
            edges=(*self.edges, *((joint, node) for joint in root)),
            root_motion=True,
        )

    @property
    def num_joints(self):
        """Number of joints, N, including the node of `root_motion`."""
        return len(self.joints)

    @property
    def root(self):
        """Index of the root joint: `ROOT` if a bone ends there, otherwise the first joint."""
        return ROOT if any(ROOT in bone for bone in self.bones) else 0

    def adjacency(self):
        """Returns A + I of equation 2: the graph of `edges` with self-loops, float32 `[N, N]`."""
        adjacency = np.eye(self.num_joints, dtype=np.float32)
        for first, second in self.edges:
            adjacency[first, second] = adjacency[second, first] = 1.0
        return adjacency

    def parents(self):
        """Returns the parent index of each joint in a tree that starts at `root`.

        The tree follows bones, and edges only to joints that no bone reaches. If the root is a
        joint, its parent is None, as is that of the node of `root_motion`.
        """
        found = {self.root: None}
        for pairs in (self.bones, self.bones + self.edges):
            waiting = list(found)
            for joint in waiting:  # the loop appends to this list
                for pair in pairs:
                    other = pair[0] + pair[1] - joint
                    if joint in pair and other not in found:
                        found[other] = joint
                        waiting.append(other)
        if self.root_motion:
            found[self.num_joints - 1] = None
        return tuple(found[joint] for joint in range(self.num_joints))

    def _where(self, field):
        return f"skeleton {self.name!r}, `{field}`"

    def _check_joints(self):
        if not self.joints:
            raise ValueError(f"{self._where('joints')}: expected at least one joint, got none.")
        twice = sorted({joint for joint in self.joints if self.joints.count(joint) > 1})
        if twice:
            raise ValueError(
                f"{self._where('joints')}: expected unique names, but {twice} appear more than "
                "once."
            )

    def _check_pairs(self, field, lowest):
        for pair in getattr(self, field):
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ValueError(
                    f"{self._where(field)}: expected pairs of two different joints, got {pair}."
                )
            self._check_indices(field, pair, lowest)

    def _check_indices(self, field, indices, lowest=0):
        for index in indices:
            if not lowest <= index < self.num_joints:
                raise ValueError(
                    f"{self._where(field)}: joint {index} of {tuple(indices)} is out of range; "
                    f"expected {lowest} to {self.num_joints - 1}."
                )

    def _check_connected(self):
        reached = np.linalg.matrix_power(self.adjacency().astype(bool), self.num_joints)[0]
        apart = [joint for joint, found in zip(self.joints, reached, strict=True) if not found]
        if apart:
            raise ValueError(
                f"{self._where('edges')}: the graph is not connected: no path leads from "
                f"{self.joints[0]!r} to {apart}. Add edges to these joints."
            )


def _pairs(pairs):
    return tuple(tuple(int(index) for index in pair) for pair in pairs)
