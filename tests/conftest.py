"""What holds for every test: under CI=true nothing is skipped, a skip is a failure."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# No test is judged by the clock: not by how long it takes, and not by how long its examples take to draw.
settings.register_profile("tower", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tower")

Reports = Generator[None, pytest.TestReport, pytest.TestReport]
CollectReports = Generator[None, pytest.CollectReport, pytest.CollectReport]


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
