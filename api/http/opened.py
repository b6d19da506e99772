"""Opened: what an API process holds, wired to its logs and live views; it refuses what must not be served."""

import threading
from collections.abc import Callable
from typing import Final

from api.http.here import Here
from api.http.idempotency import Answers
from api.http.moments import Moments
from api.http.references import References
from api.http.start import BACK, started
from api.hub.follow import AT_ONCE, Decided, Follow, decided
from api.keys import FILE, Keys, check
from api.whatif.kept import Kept
from api.whatif.turns import Turns
from sinks.views import Views
from streams import names
from streams.deliver import secret
from tower import clock
from tower.errors import LogError
from tower.logs import urls
from tower.settings import Settings

WAIT_S: Final = 0.5


class Reads(threading.Thread):
    """Reads LOG for the other names of things."""

    def __init__(self, root: str, network: str, take: Callable[[list[Decided]], None]) -> None:
        super().__init__(name=f"references {network}", daemon=True)
        self.root, self.network, self.take = root, network, take
        self._ends = threading.Event()

    def run(self) -> None:
        """Read from as far back as is remembered."""
        log = urls.reader(names.log(self.root, self.network))
        after = max(log.first() - 1, log.last()[0] - BACK, 0)
        while not self._ends.is_set():
            try:
                entries = log.read(after, AT_ONCE, WAIT_S)
            except LogError:
                clock.sleep(WAIT_S)
                continue
            if entries:
                self.take(list(map(decided, entries)))
                after = entries[-1][0]
        log.close()

    def stop(self) -> None:
        """End soon."""
        self._ends.set()


def opened(told: Settings) -> tuple[Here, list[Follow | Reads | Turns]]:
    """What the routes share, and the threads that keep it, started. Raises TowerError."""
    check(told, Keys.read(told.data / FILE))
    root = names.root_of(told)
    views = Views(told.redis_url, secret(told.redis_password)) if told.redis_url else None
    pairs = {network: started(root, network, views) for network in names.prepared(told)}
    references = {network: References() for network in pairs}
    here = Here(told, {name: present for name, (present, _) in pairs.items()}, references)
    here.answers = Answers(told.data / "answers.jsonl")
    here.moments = Moments(root, names.states_of(told))
    here.turns = Turns({network: Kept(told.data, network) for network in pairs}, root)
    threads: list[Follow | Reads | Turns] = [here.turns, *(Reads(root, name, references[name].take) for name in pairs)]
    for name, (present, follow) in pairs.items():
        present.is_followed = follow.is_alive
        here.inboxes.open(name)
        threads.append(follow)
    for thread in threads:
        thread.start()
    return here, threads
