"""The alerts flow: OUTCOMES -> outbox -> whoever has subscribed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.operators import KeyedStream

from sinks.webhooks.addresses import networks as allowed
from sinks.webhooks.alerts import Alerts
from sinks.webhooks.courier import Courier
from sinks.webhooks.drop import dropper
from sinks.webhooks.outbox import Outbox
from sinks.webhooks.post import poster
from sinks.webhooks.topic import Topics
from streams import names
from streams.beat import HERE
from streams.connect import LogSource
from streams.deliver import Delivery, Item, Write, checked_from
from streams.gate import Gates
from streams.words import OURS
from tower import settings
from tower.logs import urls
from tower.record import Record
from tower.settings import Settings


def build(source: LogSource, sink: Delivery) -> Dataflow:
    """OUTCOMES -> alerts."""
    flow = Dataflow("alerts")
    records: KeyedStream[Item] = op.input("outcomes", flow, cast("Source[tuple[str, Item]]", source))
    op.output("alerts", records, sink)
    return flow


def flow() -> Dataflow:
    """The flow of all networks that the settings name, and a courier for each. Raises SettingError."""
    told = settings.load()
    root, post, publish = names.root_of(told), poster(allowed(told.webhook_networks)), Topics(broker(told))
    found = names.prepared(told)
    boxes = {network: Outbox(outbox_of(told.data, network)) for network in found}
    for box in boxes.values():
        Courier(box, secrets_of(told), post, publish, drop=dropper(told.data / "drop")).start()
    return over(root, found, lambda name: Alerts(boxes[name], name, urls.reader(names.log(root, name)), OURS))


def over(root: str, networks: Sequence[str], alerts: Callable[[str], Alerts], *, ends: bool = False) -> Dataflow:
    """The flow of these networks; `ends` where OUTCOMES ends."""
    gates, takers = Gates(), {network: alerts(network) for network in networks}
    start = {name: checked_from(one.position) for name, one in takers.items()}.__getitem__
    source = LogSource(networks, lambda name: urls.reader(names.outcomes(root, name)), start, gates, ends=ends)
    return build(source, Delivery({name: taking(name, one) for name, one in takers.items()}, gates))


def taking(network: str, alerts: Alerts) -> Write:
    """Takes records and says how far it is: what follows from them is in the outbox, and the outbox says so seldom."""

    def take(records: Sequence[Record]) -> None:
        alerts.take(records)
        HERE.at(network, alerts.position.number)

    HERE.at(network, alerts.position.number)
    return take


def outbox_of(data: Path, network: str) -> Path:
    """Where a network's outbox lies."""
    return data / "alerts" / f"{names.spelt(network)}.sqlite"


def secrets_of(told: Settings) -> Path:
    """The folder whose files hold what webhooks are signed with."""
    return Path(told.secrets) if told.secrets else told.data / "secrets"


def broker(told: Settings) -> str:
    """The Kafka that alerts go to: the one that events come from, else the one that holds the logs."""
    url = told.kafka_in or (told.logs if told.logs.startswith("kafka:") else "")
    return urlsplit(url).netloc
