"""Fonts for names in any script: DejaVu Sans, and installed fonts for the letters it lacks."""

import functools
import logging
import sys

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

_BASE = "DejaVu Sans"  # comes with matplotlib
_reported = set()
# It warns about every font that has no bold letters.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def families(text) -> list[str]:
    """Returns font families for matplotlib, which draws each letter with the first that has it.

    Args:
        text: all letters to draw. If no installed font has one, a message says so once.
    """
    found = [_BASE]
    for path in _other_fonts(text):
        font_manager.fontManager.addfont(path)
        found.append(font_manager.FontProperties(fname=path).get_name())
    return found


def font_path(text) -> str:
    """Returns the path of one font for a text: DejaVu Sans, or one with letters that it lacks."""
    return next(iter(_other_fonts(text)), _base())


def _other_fonts(text):
    letters = frozenset(ord(letter) for letter in text if letter.isprintable() and letter != " ")
    lacking = letters - _letters(_base())
    return _installed_fonts(lacking) if lacking else []


@functools.cache
def _installed_fonts(lacking):
    """Returns the paths of fonts that have as many of the letters as possible."""
    installed, chosen = sorted(font_manager.findSystemFonts()), []
    while lacking:
        best = max(installed, key=lambda path: len(lacking & _letters(path)), default=_base())
        if not lacking & _letters(best):
            break
        chosen.append(best)
        lacking -= _letters(best)
    if not lacking <= _reported:
        _reported.update(lacking)
        print(
            f"no installed font has the letters {''.join(map(chr, sorted(lacking)[:10]))}: "
            "pictures show boxes in their place. Install a font such as Noto Sans CJK "
            "(fonts-noto-cjk on Debian and Ubuntu)",
            file=sys.stderr,
        )
    return chosen


def _base():
    return font_manager.findfont(_BASE)


@functools.cache
def _letters(path):
    """Returns the code points of a font; none for a file that is damaged or of another kind."""
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()
