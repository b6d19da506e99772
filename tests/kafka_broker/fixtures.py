"""The session's broker, for a test module that says `pytest_plugins = ["tests.kafka_broker.fixtures"]`.

Such a module marks itself with `pytest.mark.xdist_group("kafka")`, so that all of them share one worker and one broker.
Nobody imports this module, pytest does: types are in topic.py and broker.py.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack

import pytest

from tests.kafka_broker.broker import Broker
from tests.kafka_broker.jars import missing
from tests.kafka_broker.topic import Topic

Reports = Generator[None, pytest.TestReport, pytest.TestReport]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Reports:
    """What the node did is told with each failure: nobody can ask it afterwards."""
    report = yield
    broker = getattr(item, "funcargs", {}).get("kafka")
    if report.failed and broker:
        report.sections.append(("the broker", broker.stacks()))
    return report


@pytest.fixture(scope="session")
def kafka() -> Iterator[Broker]:
    """A running broker; skips where its tools are missing."""
    if lacking := missing():
        pytest.skip(f"no {' and no '.join(lacking)}: no Kafka to test with")
    with Broker() as broker:
        yield broker


@pytest.fixture
def topic(kafka: Broker) -> Iterator[Topic]:
    """An empty topic for logs."""
    with ExitStack() as opened:
        yield Topic(kafka, opened)
