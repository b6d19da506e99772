"""Names: where the logs of a network lie under one root: `file:<folder>`, `memory:<name>` or `kafka://host:port`."""

import os
import re
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from tower.logs import urls
from tower.settings import Settings

CLOCK: Final = "clock"
"""The inbox that marks a driven network (recorded, simulated): its driver says there how far time has passed."""
PLAIN: Final = re.compile(rb"[A-Za-z0-9-]")
ASK_S: Final = 6.0


def inbox(root: str, network: str, source: str) -> str:
    """Where messages of a source are kept as they came."""
    return _url(root, network, "inbox", source)


def log(root: str, network: str) -> str:
    """LOG: the one ordered log of the network."""
    return _url(root, network, "log")


def outcomes(root: str, network: str) -> str:
    """OUTCOMES: entry k is what the tower says to record k."""
    return _url(root, network, "outcomes")


def skips(root: str, network: str) -> str:
    """SKIPS: events that a build cannot survive."""
    return _url(root, network, "skips")


def root_of(settings: Settings) -> str:
    """The root that the settings name; without one, a folder beside the state."""
    return settings.logs or f"file:{os.path.abspath(settings.data)}/logs"


def states_of(settings: Settings) -> str:
    """The folder of state files."""
    return f"{os.path.abspath(settings.data)}/states"


def wanted(settings: Settings) -> list[str]:
    """The networks that the settings name; without any, those that have logs."""
    return [name for name in settings.networks.split(",") if name] or networks(root_of(settings))


def prepared(settings: Settings) -> list[str]:
    """The wanted networks, once there are topics for their logs: a flow may start before anybody has said anything."""
    found = wanted(settings)
    for network in found:
        prepare(root_of(settings), network)
    return found


def networks(root: str) -> list[str]:
    """Every network that has a log or an inbox under the root; topics of other kinds (`tower.in.order`) are none."""
    return sorted({path[0] for path in _paths(root) if path[1:2] in (["log"], ["inbox"])})


def sources(root: str, network: str) -> list[str]:
    """Every source of the network that has an inbox."""
    return sorted({path[2] for path in _paths(root) if path[:2] == [network, "inbox"] and len(path) == 3})


def spelt(name: str) -> str:
    """A name as one part of a path or a topic: what is not a letter, a digit or - becomes _ and its byte.

    >>> spelt("noaa.gov"), meant("noaa_2egov")
    ('noaa_2egov', 'noaa.gov')
    """
    return "".join(chr(b) if PLAIN.fullmatch(bytes([b])) else f"_{b:02x}" for b in name.encode())


def meant(part: str) -> str:
    """The name that is spelt so."""
    return re.sub(rb"_([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), part.encode()).decode()


def prepare(root: str, network: str, *sources: str) -> None:
    """Make the topics of a network, and of these sources, where logs are topics; elsewhere writers make their logs."""
    if root.startswith("kafka:"):
        from tower.logs.kafka_topics import create_topics

        wanted = [log(root, network), outcomes(root, network), skips(root, network)]
        wanted += [inbox(root, network, source) for source in sources]
        create_topics(urlsplit(root).netloc, [urlsplit(url).path.split("/")[1] for url in wanted], 1)


def _url(root: str, *parts: str) -> str:
    spelled = [spelt(part) for part in parts]
    if root.startswith("kafka:"):
        return f"{root}/{'.'.join(['tower', *spelled])}/0"
    return "/".join([root, *spelled])


def _paths(root: str) -> list[list[str]]:
    """The parts of the name of every log under the root, as they are meant."""
    if root.startswith("kafka:"):
        parts = [topic.split(".")[1:] for topic in _topics(root) if topic.startswith("tower.")]
    elif root.startswith("memory:"):
        parts = [url.removeprefix(f"{root}/").split("/") for url in urls.in_memory() if url.startswith(f"{root}/")]
    else:
        parts = _walk(urlsplit(root).path)
    return [[meant(part) for part in path] for path in parts]


def _walk(folder: str) -> list[list[str]]:
    found = []
    for network in _folders(folder):
        for kind in _folders(f"{folder}/{network}"):
            found.append([network, kind])
            if kind == "inbox":
                found += [[network, kind, source] for source in _folders(f"{folder}/{network}/{kind}")]
    return found


def _folders(folder: str) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except FileNotFoundError:
        return []


def _topics(root: str) -> list[str]:
    return sorted(_admin(urlsplit(root).netloc).list_topics(timeout=ASK_S).topics)


@cache
def _admin(bootstrap: str) -> Any:
    """Imported when used, so that embedded towers start without a Kafka client."""
    from confluent_kafka.admin import AdminClient

    from tower.logs.kafka_client import BOTH
    from tower.logs.kafka_security import security

    return AdminClient({**BOTH, **security(), "bootstrap.servers": bootstrap})
