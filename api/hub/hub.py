"""Hub: the pictures of all networks, the groups that are told of them, and the clients."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Final

from api.hub import metrics
from api.hub.boards.board import Rows
from api.hub.client import Client
from api.hub.follow import Decided
from api.hub.frames import Subscribe
from api.hub.groups import Group, Subscription
from api.hub.picture import Picture
from tower import clock

HOPS: Final = 2000
"""Spans that a percentile is taken of, at most."""
RECENT_S: Final = 60.0
"""Spans that are older say nothing of how things go now."""
Span = tuple[float, float]
"""When it was seen, s of a steady clock, and how long it took, ms."""


class Hub:
    """Takes in records and tells them. All of it runs in one event loop; nothing in it waits for a client."""

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self.pictures = pictures
        self.groups: dict[str, dict[tuple[object, ...], Group]] = {name: {} for name in pictures}
        self.clients: set[Client] = set()
        self.hops = {name: {hop: deque[Span](maxlen=HOPS) for hop in ("outcome", "feed")} for name in pictures}
        self.caught_up: set[str] = set()
        self._timers: dict[Group, asyncio.TimerHandle] = {}

    def take(self, network: str, records: list[Decided]) -> None:
        """Take in records, and tell whoever is to be told by now: each channel before the next is drawn, since what a
        socket takes at once has left then.
        """
        listening = defaultdict[str, list[Group]](list)
        for group in self.groups[network].values():
            listening[group.channel].append(group)
        for decided in records:
            if decided.logged and decided.stamp:
                self._hop(network, "outcome", decided.stamp - decided.logged)
            for channel, rows in self.pictures[network].taking(decided.record):
                for group in listening[channel]:
                    self._tell(group, decided, rows, is_last=decided is records[-1])

    def _tell(self, group: Group, decided: Decided, rows: Rows, *, is_last: bool) -> None:
        """Tell a group what a record has changed: at once, or with the last of the records that came together."""
        if rows:
            group.take(decided.record.number, rows, decided.stamp)
            if group.is_events and decided.stamp:
                self._hop(group.picture.network, "feed", clock.wall_ms() - decided.stamp)
        if is_last and group.pending:
            self._flush_when_due(group)

    def _flush_when_due(self, group: Group) -> None:
        if group not in self._timers:
            loop = asyncio.get_running_loop()
            if (left := group.next_at - loop.time()) <= 0:
                self.flush(group)
            else:
                self._timers[group] = loop.call_later(left, self._flush_later, group)

    def _flush_later(self, group: Group) -> None:
        self._timers.pop(group, None)
        self.flush(group)

    def flush(self, group: Group) -> None:
        """Tell a group what is pending."""
        took = group.flush(group.picture.seq)
        if took is not None:
            group.next_at = asyncio.get_running_loop().time() + group.interval_s
            self._hop(group.picture.network, "feed", took)

    def _hop(self, network: str, hop: str, took_ms: float) -> None:
        self.hops[network][hop].append((clock.steady_s(), took_ms))
        metrics.LATENCY.labels(hop).observe(max(took_ms, 0.0) / 1000)

    def recent(self, network: str) -> dict[str, list[float]]:
        """How long each part of the way has taken in the last minute, ms."""
        since = clock.steady_s() - RECENT_S
        return {hop: [took for at, took in spans if at >= since] for hop, spans in self.hops[network].items()}

    def enter(self, client: Client) -> None:
        """A client has said hello."""
        self.clients.add(client)
        metrics.CLIENTS.set(len(self.clients))

    def leave(self, client: Client) -> None:
        """A client has gone."""
        client.is_gone = True
        for channel in list(client.subscriptions):
            self.unsubscribe(client, channel)
        self.clients.discard(client)
        metrics.CLIENTS.set(len(self.clients))

    def subscribe(self, client: Client, asked: Subscribe) -> None:
        """Tell a client a channel from now on: first all of it, or what it has missed."""
        is_new = asked.channel not in client.subscriptions  # who asks anew for what it has is missing something
        self.unsubscribe(client, asked.channel)
        group = self._group(client.network, asked)
        group.members[client] = client.subscriptions[asked.channel] = Subscription(client, group, group.picture.seq)
        metrics.SUBSCRIPTIONS.labels(asked.channel).inc()
        if client.since is None or asked.fresh or not is_new or not group.picture.remembers(client.since):
            client.write_all(group.snapshot())
        elif missed := group.missed(client.since):
            client.write_all(missed)

    def _group(self, network: str, asked: Subscribe) -> Group:
        group = Group(self.pictures[network], asked)
        return self.groups[network].setdefault(group.key, group)

    def unsubscribe(self, client: Client, channel: str) -> None:
        """Tell a client a channel no more; a group without members is gone."""
        subscription = client.subscriptions.pop(channel, None)
        if subscription is None:
            return
        metrics.SUBSCRIPTIONS.labels(channel).dec()
        group = subscription.group
        group.members.pop(client, None)
        if not group.members:
            self.groups[client.network].pop(group.key, None)
            if timer := self._timers.pop(group, None):
                timer.cancel()

    def beat(self, network: str, heartbeat: bytes) -> None:
        """Tell everything that is pending, then the heartbeat, to all who are not behind; close who does not read."""
        for group in list(self.groups[network].values()):
            self.flush(group)
        for client in [one for one in self.clients if one.network == network]:
            behind = [one for one in client.subscriptions.values() if not one.catch_up()]
            if client.is_stuck():
                client.end(4008, "slow: nothing was read for half a minute")
            elif not behind and not client.is_full():
                client.write(heartbeat)

    def close(self) -> None:
        """Tell all that the hub goes."""
        for client in list(self.clients):
            client.end(4009, "restarting: come back")
