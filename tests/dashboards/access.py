"""Access: what keeps people from using a page with keys, a screen reader or weak eyes, found in the page itself."""

from typing import Any, Final

from playwright.sync_api import Page

FAULTS: Final = r"""() => {
  const faults = [], seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
  const say = (one, why) => faults.push(`${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''}: ${why}`);
  const named = (one) => (one.getAttribute('aria-label') ?? one.innerText ?? '').trim() || one.labels?.[0]?.innerText;
  const all = [...document.querySelectorAll('body *')].filter(seen);
  if (!document.documentElement.lang) faults.push('html: no language');
  if (!document.title) faults.push('html: no title');
  for (const [name, want] of [['main', 1], ['h1', 1]]) {
    const n = all.filter((one) => one.matches(name)).length;
    if (n !== want) faults.push(`${name}: ${n} of them`);
  }
  const ids = all.map((one) => one.id).filter(Boolean);
  if (new Set(ids).size !== ids.length) faults.push('an id is there twice');
  const roles = 'button, input, [tabindex], [role=img], [role=listbox], [role=dialog], section, header, footer';
  for (const one of all.filter((one) => one.matches(roles))) if (!named(one)) say(one, 'no name');
  for (const one of all.filter((one) => one.matches('canvas, svg'))) {
    if (one.getAttribute('role') !== 'img') say(one, 'no role');
  }
  for (const one of all.filter((one) => one.matches('[role=option]'))) {
    if (!one.closest('[role=listbox]')) say(one, 'an option of no list');
    if (!one.hasAttribute('aria-selected')) say(one, 'chosen or not');
  }
  for (const one of all.filter((one) => one.matches('[role=listbox]'))) {
    const at = one.getAttribute('aria-activedescendant');
    if (at !== null && !document.getElementById(at)) say(one, `its active row ${at} is not there`);
  }
  for (const one of all.filter((one) => one.matches('button, input'))) {
    const { width, height } = one.getBoundingClientRect();
    if (width < 24 || height < 24) say(one, `${Math.round(width)} x ${Math.round(height)} is hard to hit`);
  }
  return faults;
}"""
FAINT: Final = r"""() => {
  const part = (n) => (n / 255 <= 0.04045 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const numbers = (text) => text.match(/[\d.]+/g).map(Number), found = {};
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement, style = getComputedStyle(one);
    if (!walker.currentNode.data.trim() || !one.getClientRects().length || style.visibility === 'hidden') continue;
    if (one.closest(':disabled')) continue;
    const [a, b] = [light(numbers(style.color)), light(behind(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) found[walker.currentNode.data.trim()] = ratio.toFixed(2);
  }
  return found;
}"""
FOCUS: Final = r"""() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  if (one === document.body) return null;
  const panel = one.closest('main > *, [role=dialog]');
  return {
    name: (one.getAttribute('aria-label') ?? one.innerText ?? '').trim(),
    panel: panel?.getAttribute('aria-label') ?? '',
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    is_in: box.left >= -1 && box.top >= -1 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1,
  };
}"""


def faults(page: Page) -> list[str]:
    """What has no name, no role, or is too small to hit."""
    found: list[str] = page.evaluate(FAULTS)
    return found


def faint(page: Page) -> dict[str, str]:
    """Texts that do not stand out from what they stand on, with their contrast."""
    found: dict[str, str] = page.evaluate(FAINT)
    return found


def focus(page: Page) -> dict[str, Any] | None:
    """What has the focus, in which panel, and how it shows; None if nothing has."""
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    return found


def tab_stops(page: Page, most: int = 60) -> list[dict[str, Any]]:
    """What the tab key reaches, from the beginning until it leaves the page or comes round."""
    page.evaluate("document.activeElement?.blur()")
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = focus(page)
        if stop is None or (stops and stop == stops[0]):
            break
        stops.append(stop)
    return stops
