"""One warehouse for the tests that do not kill it."""

from collections.abc import Iterator

import pytest

from tests.sinks.clickhouse.warehouse import SAMPLE, Warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A running warehouse with an empty table tower.sample."""
    with Warehouse(tmp_path_factory.mktemp("warehouse")) as running:
        running.write("CREATE DATABASE tower")
        running.write(SAMPLE)
        yield running
