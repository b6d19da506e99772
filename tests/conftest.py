"""What holds for every test: it ends, one way or another, and under CI=true nothing is skipped."""

import faulthandler
import os
from collections.abc import Generator, Sequence
from itertools import islice

import pytest
from hypothesis import HealthCheck, settings

# No test is judged by the clock: not by how long it takes, and not by how long its examples take to draw.
settings.register_profile("tower", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tower")

HANGS_S = float(os.environ.get("TOWER_TEST_HANGS_S", "300"))
"""How long behind its own limit a test is taken for one that never ends."""
SAID = pytest.StashKey[int]()
"""Where stacks are printed, whatever is captured."""

LONGEST = {
    "determinism/test_machines.py": 567, "sinks/test_samples.py": 414, "simulators/bench/test_plan.py": 192,
    "api/test_demo.py": 154, "faults/test_kills.py": 138, "api/test_distributed.py": 125,
}  # fmt: skip
"""Modules that take minutes, and the seconds that they took on a slow machine: weights, no limits."""

Done = Generator[None, object, object]
Reports = Generator[None, pytest.TestReport, pytest.TestReport]
CollectReports = Generator[None, pytest.CollectReport, pytest.CollectReport]


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is captured yet."""
    config.stash[SAID] = os.dup(2)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Have the longest begin first: where one of them is the last to begin, all wait for its end on one core."""
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items, config.workerinput["workercount"])


def longest_first(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in an order in which each worker begins with its share of the longest.

    `--dist worksteal` gives each an equal part, in order, and those that are through take from the ends of other parts.
    Of the longest that are left, the next goes to the worker that has least.
    """
    begin: list[list[pytest.Item]] = [[] for _ in range(workers)]
    seconds = [0] * workers
    for name, takes in LONGEST.items():
        if found := [item for item in items if item.path.match(name)]:
            least = seconds.index(min(seconds))
            begin[least] += found
            seconds[least] += takes
    rest = iter([item for item in items if not any(item.path.match(name) for name in LONGEST)])
    ordered: list[pytest.Item] = []
    for worker, first in enumerate(begin):
        room = (len(items) - len(ordered)) // (workers - worker) - len(first)
        ordered += [*first, *islice(rest, max(room, 0))]
    return ordered


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Done:
    """The limit of a test only raises in it: what then waits for ever would hold up the whole run."""
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End this worker, with the stacks of its threads, if the part of a test that begins never ends."""
    marked = item.get_closest_marker("timeout")
    limit = marked.args[0] if marked and marked.args else item.config.getini("timeout")
    faulthandler.dump_traceback_later(float(limit or 0) + HANGS_S, file=item.config.stash[SAID], exit=True)


pytest_runtest_call = pytest_runtest_teardown = pytest_runtest_setup  # each part anew: a failure stops the clock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Reports:
    """A test that skips because something is missing fails where everything must be there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        refuse_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> CollectReports:
    """The same for a file that skips as a whole."""
    report = yield
    if report.skipped:
        refuse_in_ci(report)
    return report


def refuse_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure under CI=true."""
    if os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped under CI=true: {report.longrepr}"
