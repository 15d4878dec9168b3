import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from sagcn_tf.figures import animation, figure_io, film_strip, fonts
from tests.bodies import SKELETON, wave

WALK, RUN, THAI = "走", "跑", "ก"


def write_font(path, name, letters):
    """Writes a font in which each of the letters is a filled square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(point)
    pen.closePath()
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(letter): "square" for letter in letters})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (900, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return str(path)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Two fonts that are the only ones installed, besides a file that is no font."""
    paths = [
        write_font(tmp_path / "one.ttf", "Squares One", WALK + RUN),
        write_font(tmp_path / "two.ttf", "Squares Two", THAI + RUN),
    ]
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    everything = [*paths, str(tmp_path / "broken.ttf")]
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: everything)
    monkeypatch.setattr(fonts, "_reported", set())
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*font_manager.fontManager.ttflist])
    fonts._installed_fonts.cache_clear()
    yield paths
    fonts._installed_fonts.cache_clear()


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("walking", []),
        ("гулять, περπατώ, يمشي, żółć", []),
        (WALK + RUN, ["Squares One"]),
        (WALK + THAI, ["Squares One", "Squares Two"]),
    ],
)
def test_each_letter_has_a_font(installed, capsys, text, families):
    assert fonts.families(text) == ["DejaVu Sans", *families]
    assert capsys.readouterr().err == ""


def test_a_letter_without_a_font_is_said_once(installed, capsys):
    for text in ("가 walk", "가나", "나"):
        fonts.families(text)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2  # 나 came with the second text
    assert "no installed font has the letters 가: pictures show boxes" in lines[0]
    assert "fonts-noto-cjk" in lines[0]


def pixels_of_strip(name):
    return figure_io.to_image(film_strip.page({name: {"": wave(4)}}, SKELETON, title=name))


def test_names_are_drawn_with_the_font_that_has_them(installed, tmp_path):
    drawn, other = pixels_of_strip(WALK), pixels_of_strip("가")

    assert drawn.shape == other.shape and (drawn != other).any()
    animation.save_gif(tmp_path / "a.gif", [wave(2)], SKELETON, 10.0, [WALK])
    animation.save_gif(tmp_path / "b.gif", [wave(2)], SKELETON, 10.0, ["가"])
    assert (tmp_path / "a.gif").read_bytes() != (tmp_path / "b.gif").read_bytes()


def test_wide_letters_have_room(installed):
    narrow, wide = (pixels_of_strip(name * 8) for name in ("w", WALK))

    assert np.shape(wide)[1] > np.shape(narrow)[1]
