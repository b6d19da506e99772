"""Deciding: a person at the desk of a running tower, who decides with keys alone; and what API and log say of it."""

import argparse
import contextlib
import io
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, expect

from api.commands import explain
from tests.suites.running_demo import Demo
from tower import clock

LEFT_MS = 20 * clock.MINUTE
"""So much time a decision leaves to be taken back, or it is passed over."""
ENOUGH_S = 120.0
"""When to give up."""
TRIES = 4


class Deciding:
    """The approver's desk, and the API beside it with the same key."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page, self.data = page, demo.err.parent / "data"
        parts = urlsplit(demo.door("what if"))  # whose key may approve
        self.url, key = f"{parts.scheme}://{parts.netloc}", parts.fragment
        self.key = key.removeprefix("key=")
        page.goto(f"{self.url}/desk#{key}")
        expect(page.locator(".top .pill")).to_have_text("approver", timeout=60_000)

    def get(self, path: str) -> Any:
        """What the API says."""
        return httpx.get(f"{self.url}/v1/{path}", headers={"Authorization": f"Bearer {self.key}"}, timeout=30).json()

    def decided(self, press: Callable[[], None]) -> str:
        """The first proposed decision that can be taken back for a while, once what is pressed was done to it."""
        until = clock.steady_s() + ENOUGH_S
        while clock.steady_s() < until:
            found = self.get("decisions?status=proposed&limit=200")
            for one in found["items"]:
                if clock.parse(one["undo_until"]) - clock.parse(found["now"]) > LEFT_MS and self.goes_to(one):
                    press()
                    expect(self.page.locator(".hint")).not_to_have_text(re.compile(r"\.\.\.$"))
                    if ": done" in self.page.locator(".hint").inner_text():
                        return str(one["id"])
            self.page.wait_for_timeout(500)
        raise AssertionError("nothing was proposed that could be decided on")

    def executed(self) -> str:
        """The first decision that is approved with two keys and done: one that the world has overtaken fails, and
        another is approved.
        """
        for _ in range(TRIES):
            decision = self.decided(lambda: self.confirms("d"))
            hint = self.page.locator(".hint")
            expect(hint).to_contain_text(re.compile("now (executed|failed)"), timeout=ENOUGH_S * 1000)
            if "now executed" in hint.inner_text():
                return decision
        raise AssertionError(f"of {TRIES} decisions none was executed")

    def goes_to(self, decision: dict[str, Any]) -> bool:
        """Walk down the queue to the incident of a decision, if it is open and the decision waits."""
        cards, here = self.page.locator(".card:visible"), self.page.locator(".detail .row span").first
        wanted = decision["incident"][1:9]
        for key in ("k", "j"):
            for _ in range(100):
                if here.inner_text() == wanted:
                    return self.page.locator(".decide .pill").inner_text() == "proposed"
                before = cards.and_(self.page.locator(".chosen")).inner_text()
                self.page.keyboard.press(key)
                if cards.and_(self.page.locator(".chosen")).inner_text() == before:
                    break
        return False

    def confirms(self, key: str) -> None:
        """A key that asks, and the second one that has it done."""
        self.page.keyboard.press(key)
        expect(self.page.locator(".hint")).to_contain_text("confirms")
        self.page.keyboard.press("Enter")

    def rejects(self, reason: str) -> None:
        """No, and why."""
        self.page.keyboard.press("r")
        self.page.get_by_label("Reason").fill(reason)
        self.page.keyboard.press("Enter")

    def shows(self, state: str) -> None:
        """Wait until the desk says that what was decided is now so, as only the feed tells it."""
        expect(self.page.locator(".hint")).to_contain_text(f"now {state}", timeout=ENOUGH_S * 1000)

    def moved(self, receipt: dict[str, Any]) -> list[dict[str, Any]]:
        """The lines that the newest action of a decision has moved; there are some."""
        newest = receipt["decision"]["action"]
        found = [line for line in receipt["lines"] if (line["action"], line["state"]) == (newest, "done")]
        assert found
        return found

    def stand(self, moves: list[dict[str, Any]]) -> bool:
        """Wait until each line is on the leg that it was moved to, by what the world says of it."""
        wanted = {(one["order"], one["order_line"]): one.get("to_leg") for one in moves}
        until = clock.steady_s() + ENOUGH_S
        while clock.steady_s() < until:
            lists = [self.get(f"lines?order={order}")["items"] for order in sorted({one["order"] for one in moves})]
            rows = [row for rows in lists for row in rows]
            legs = {(row["order"], row["line"]): row.get("on_leg") for row in rows}
            if all(legs.get(line) == leg for line, leg in wanted.items()):
                return True
            self.page.wait_for_timeout(500)
        return False

    def receipt(self, decision: str) -> dict[str, Any]:
        """What `explain` prints of a decision, taken again from the logs."""
        said = io.StringIO()
        told = argparse.Namespace(id=decision, network=None, data=str(self.data), json=True, raw=False)
        with contextlib.redirect_stdout(said):
            explain.run(told)
        found: dict[str, Any] = json.loads(said.getvalue())
        return found
