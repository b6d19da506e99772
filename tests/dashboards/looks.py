"""Looks: what a page's texts measure, as the browser lays them out."""

from dataclasses import dataclass
from math import atan, degrees, hypot
from typing import Any, Final

from playwright.sync_api import Page

SCREEN_IN, AWAY_MM = 55.0, 4000.0
MEASURE: Final = """() => {
  const canvas = document.createElement('canvas').getContext('2d'), found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, at = node.parentElement, style = getComputedStyle(at);
    if (!node.data.trim() || style.visibility === 'hidden' || style.display === 'none') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    canvas.font = `${style.fontWeight} 200px ${style.fontFamily}`;
    const plain = canvas.measureText('H').actualBoundingBoxAscent / 200;
    const adjust = style.fontSizeAdjust === 'none' ? plain : parseFloat(style.fontSizeAdjust.split(' ').pop());
    let cut = '';
    for (let up = at; up && up !== document.body; up = up.parentElement) {
      const around = up.getBoundingClientRect(), hides = /hidden|clip/.test(getComputedStyle(up).overflowX);
      if (hides && (box.right > around.right + 1 || box.left < around.left - 1)) cut = up.className || up.tagName;
      if (hides && box.bottom - box.height * 0.25 > around.bottom + 0.5) cut = up.className || up.tagName;
    }
    if (box.right > innerWidth + 1 || box.left < -1 || box.bottom - box.height * 0.2 > innerHeight) cut = 'the screen';
    found.push({ text: node.data.trim(), left: box.left, top: box.top, right: box.right, bottom: box.bottom,
                 cap: parseFloat(style.fontSize) * adjust, cut });
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Text:
    """A text where it stands, CSS pixels. `cut`: what cuts it off, empty if nothing does."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    cap: float
    cut: str

    def meets(self, other: "Text") -> bool:
        """Whether the letters of both share ink; lines of text may share their leading."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom - 0.22 * self.height, other.bottom - 0.22 * other.height) - max(
            self.top + 0.22 * self.height, other.top + 0.22 * other.height
        )
        return wide > 1.5 and high > 1

    @property
    def height(self) -> float:
        """Of its line."""
        return self.bottom - self.top


def texts(page: Page) -> list[Text]:
    """Every text that can be seen."""
    found: list[dict[str, Any]] = page.evaluate(MEASURE)
    return [Text(**one) for one in found]


def cut(page: Page, by: str = "") -> dict[str, str]:
    """Texts that are cut off, and what cuts them; `by`: how the class of what cuts begins."""
    return {one.text: one.cut for one in texts(page) if one.cut and one.cut.startswith(by)}


def meeting(page: Page) -> list[tuple[str, str]]:
    """Texts that share ink."""
    seen = texts(page)
    return [(a.text, b.text) for i, a in enumerate(seen) for b in seen[:i] if a.meets(b)]


def arc_minutes(cap: float, screen_height: float) -> float:
    """How large letters of that cap height appear from four metres on a 55-inch screen of 16:9."""
    high_mm = SCREEN_IN * 25.4 * 9 / hypot(16, 9)
    return degrees(atan(cap / screen_height * high_mm / AWAY_MM)) * 60


def scrolls(page: Page) -> bool:
    """Whether anything of the page is beyond the screen."""
    wide, high = page.evaluate(
        "(({ scrollWidth, scrollHeight }) => [scrollWidth - innerWidth, scrollHeight - innerHeight])"
        "(document.documentElement)"
    )
    return bool(wide > 0 or high > 0)
