"""docs/paper.md against the presets, and references to the paper against what it has."""

import dataclasses
import pathlib
import re

import pytest

from sagcn_tf.config import make_config
from sagcn_tf.models.paper.settings import PaperSettings

ROOT = pathlib.Path(__file__).parents[1]
PAGE = ROOT / "docs" / "paper.md"
# Numbers of the paper's parts: sections 1 to 5 with 3.1 and 3.2, equations 1 to 8, ...
PARTS = {
    "section": {"1", "2", "3", "3.1", "3.2", "4", "5"},
    "equation": {str(number) for number in range(1, 9)},
    "figure": {str(number) for number in range(1, 30)},
    "table": {str(number) for number in range(1, 6)},
}
_NUMBER = r"\d+(?:\.\d+)*"
_REFERENCE = re.compile(
    rf"\b(section|equation|figure|table)s?\s+({_NUMBER}(?:(?:,| to| and|, and)\s+{_NUMBER})*)", re.I
)
FIELDS = [field.name for field in dataclasses.fields(PaperSettings)]
GIVEN = ["frames", "top_k", "k_frame", "batch_size", "learning_rate", "filters", "gc_type"]


def rows_of_the_table():
    """The rows of the table of equations, as `{heading: cell}`."""
    _, _, text = PAGE.read_text().partition("## Equation by equation\n")
    lines = [line for line in text.split("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def settings_in(cell):
    """The settings that a cell names as `field=value`."""
    return dict(re.findall(r"`(\w+)=([^`]*)`", cell))


@pytest.mark.parametrize("preset", ["paper", "authors"])
def test_the_table_has_the_values_of_the_presets(preset):
    config = make_config(preset=preset)
    table = {}
    for row in rows_of_the_table():
        table |= settings_in(row["`paper`"]) | settings_in(row[f"`{preset}`"])

    assert table == {name: str(getattr(config, name)) for name in table}
    assert set(table) >= {*FIELDS, *GIVEN}


def test_every_deviation_has_a_reason_and_every_part_a_file():
    rows = rows_of_the_table()

    assert {row["the paper"].split(":")[0] for row in rows} >= {
        f"equation {number}" for number in PARTS["equation"]
    }
    for row in rows:
        files = re.findall(r"\]\(\.\./([^)]*)\)", row["file"])
        assert files and all((ROOT / file).is_file() for file in files), row
        if row["deviation"] != "-":
            assert len(row["reason"]) > 5, row


def wrong_references(text):
    """The references of a text to parts that the paper does not have."""
    for match in _REFERENCE.finditer(text):
        for number in re.findall(_NUMBER, match[2]):
            if number not in PARTS[match[1].lower()]:
                yield match[0]


def test_a_reference_to_a_part_that_is_not_there_is_found():
    text = "Equations 2, 3 and 9, section 3.3; figure\n    30; tables 1 to 6. Section 3.2, table 4."

    assert list(wrong_references(text)) == [
        "Equations 2, 3 and 9",
        "section 3.3",
        "figure\n    30",
        "tables 1 to 6",
    ]


def test_references_to_the_paper_are_right():
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for folder in ("sagcn_tf", "datasets", "serving", "benchmarks"):
        files += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.md")]
    references = {path: _REFERENCE.findall(path.read_text()) for path in files}
    assert sum(map(len, references.values())) > 50

    wrong = [(path.name, found) for path in files for found in wrong_references(path.read_text())]
    # The page of the paper says which section is not there.
    assert [found for found in wrong if found != ("paper.md", "section 3.3")] == []
