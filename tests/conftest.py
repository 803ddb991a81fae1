"""Rules for the whole test run: what a machine lacks may be left out, but never in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
IN_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests marked ``dovecot`` where that server is not installed."""
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"):
        return
    for item in items:
        if item.get_closest_marker("dovecot"):
            item.add_marker(pytest.mark.skip(reason="no Dovecot here: apt-get install dovecot-imapd"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that was left out has failed."""
    report = yield
    return refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """In CI a module that was left out has failed."""
    report = yield
    return refuse_skip(report)


def refuse_skip(report: Report) -> Report:
    if IN_CI and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"left out, which CI does not allow: {report.longrepr}"
    return report
