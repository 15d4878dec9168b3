"""Reads requirements.txt, and files like it."""

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.build_file import ROOT

USED = "# What this project uses."
NEEDED = "# What those need."


def read_requirements(*headings, path="requirements.txt"):
    """The lines of one or both lists.

    Args:
        *headings: how the first line of each list begins; both lists if there is none.
        path: the file.

    Returns:
        `{package: (Requirement, comment)}`, the comment empty where a line has none. Lines for
        other versions of Python or other systems are left out.
    """
    blocks = (ROOT / path).read_text().split("\n\n")
    lines = [
        line.partition("  # ")
        for block in blocks
        if block.startswith(headings or (USED, NEEDED))
        for line in block.splitlines()
        if not line.startswith("#")
    ]
    requirements = [(Requirement(text), comment) for text, _, comment in lines]
    return {
        canonicalize_name(line.name): (line, comment)
        for line, comment in requirements
        if line.marker is None or line.marker.evaluate()
    }
