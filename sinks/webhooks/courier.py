"""Courier: a thread a network that sends what waits in the outbox; a subscriber has a turn, none holds up others."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from sinks.webhooks import patience, signing
from sinks.webhooks.outbox import Message, Outbox
from sinks.webhooks.post import Post, Tried
from sinks.webhooks.subscription import Subscription, subscription
from tower import clock
from tower.errors import TowerError

LOGGER: Final = logging.getLogger(__name__)
LOOK_S: Final = 0.25
AT_ONCE: Final = 8
GONE: Final = 410
Publish = Callable[[str, Message], Tried]
"""Puts a message on a topic, or into a folder."""


def nowhere(folder: str, message: Message) -> Tried:
    """There are no folders here."""
    return Tried(why=f"nothing is dropped into folders here (got {folder})")


class Courier(threading.Thread):
    """Sends until `end`. `secrets` is the folder of secrets, `wall_ms` the clock by which messages are due."""

    def __init__(
        self, outbox: Outbox, secrets: Path, post: Post, publish: Publish, wall_ms: Callable[[], int] = clock.wall_ms,
        drop: Publish = nowhere,
    ) -> None:  # fmt: skip
        super().__init__(name="courier", daemon=True)
        self._outbox, self._secrets, self._post, self._publish, self._wall_ms = outbox, secrets, post, publish, wall_ms
        self._drop = drop
        self._over = threading.Event()
        self._busy: dict[str, Future[None]] = {}

    def run(self) -> None:
        """Look for what is due, again and again."""
        with ThreadPoolExecutor(AT_ONCE, "courier") as pool:
            while not self._over.wait(LOOK_S):
                for name, found in self._served().items():
                    if name not in self._busy or self._busy[name].done():
                        self._busy[name] = pool.submit(self.turn, name, found)

    def end(self) -> None:
        """Send nothing new; what is under way ends by itself or is sent again."""
        self._over.set()
        self.join(1.0)

    def turn(self, name: str, to: Subscription) -> None:
        """Send some of what is due to one subscriber."""
        for message in self._outbox.due(name, self._wall_ms()):
            if self._over.is_set() or not self._hand_over(to, message):
                return

    def _served(self) -> Mapping[str, Subscription]:
        return {name: subscription(said) for name, said, why in self._outbox.subscriptions() if not why}

    def _hand_over(self, to: Subscription, message: Message) -> bool:
        """Try once and write down what came of it; False: this subscriber needs no more for now."""
        tried = self._try(to, message)
        now, tries = self._wall_ms(), message.tries + 1
        wait = patience.wait_s(message.id, tries, tried.wait_s)
        state = "delivered" if tried.is_delivered else "given_up" if wait is None else "waiting"
        self._outbox.tried(message, now, tried.status, tried.why, state, now + int((wait or 0) * 1000))
        if tried.status == GONE:
            self._outbox.disable(to.name, "its receiver answered 410: gone")
            LOGGER.warning("subscription %s is disabled: its receiver answered 410", to.name)
        elif state == "given_up":
            LOGGER.warning("message %s to %s is given up after %d tries: %s %s", message.id, to.name, tries,
                           tried.status, tried.why)  # fmt: skip
        return tried.is_delivered

    def _try(self, to: Subscription, message: Message) -> Tried:
        try:
            if to.topic:
                return self._publish(to.topic, message)
            if to.folder:
                return self._drop(to.folder, message)
            secrets = signing.secrets_in(self._secrets, to.secret)
            signed = signing.headers(secrets, message.id, self._wall_ms() // 1000, message.body)
            content = {"content-type": "application/cloudevents+json", "user-agent": "tower"}
            return self._post(to.url, message.body, {**content, **signed})
        except TowerError as cause:
            return Tried(why=cause.what[:200])
