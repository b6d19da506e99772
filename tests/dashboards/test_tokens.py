"""The colours' promises: every text can be read on what it stands on, in both themes, by the sheet as it is written."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "dashboards/shared/tokens.css").read_text("utf-8")
TEXTS, SURFACES = ("text", "mid", "dim"), ("panel", "raise")
MARKS = ("advisory", "critical")


def tokens(theme: str) -> dict[str, str]:
    """Name to colour; the light theme changes some of the dark one's."""
    blocks = re.findall(r":root(\[data-theme=light\])?\s*\{(.*?)\}", SHEET, re.DOTALL)
    asked = [body for light, body in blocks if not light or theme == "light"]
    return dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{6})", "".join(asked)))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_text_stands_out_from_what_it_stands_on(theme: str) -> None:
    found = tokens(theme)
    too_faint = {(text, surface): round(contrast(found[text], found[surface]), 2)
                 for text in TEXTS for surface in SURFACES if contrast(found[text], found[surface]) < 4.5}  # fmt: skip
    assert too_faint == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_mark_stands_out_or_wears_an_edge(theme: str) -> None:
    found = tokens(theme)
    assert min(contrast(found[mark], found["panel"]) for mark in MARKS) >= 3
    assert (
        max(contrast(found["warning"], found["panel"]), contrast(found.get("edge", found["panel"]), found["panel"]))
        >= 3
    )


def test_a_filled_pill_takes_black_ink() -> None:
    assert contrast(tokens("dark")["critical"], "#000000") >= 4.5
