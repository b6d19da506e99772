"""The pages cannot rot: what can be called, set or clicked is in them, and their examples are true."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

from api import cli
from tower.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
OURS = ("tower", "operators", "detectors", "sinks", "streams", "simulators", "api", "docs", "tests")
PAGES = [*ROOT.glob("*.md"), *(page for folder in OURS for page in (ROOT / folder).rglob("*.md"))]


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_command_is_in_the_readme() -> None:
    rows = re.findall(r"^\| `(\w+)", page("README.md"), re.MULTILINE)
    assert set(cli.names()) - set(rows) == set()


def test_the_readme_promises_no_command_that_there_is_not() -> None:
    rows = set(re.findall(r"^\| `(\w+)", page("README.md"), re.MULTILINE))
    assert rows - set(cli.names()) == set()


def test_every_setting_is_told_with_its_default() -> None:
    for name, default in Settings().model_dump(mode="json").items():
        told = f"`{default}`" if default else ""
        assert re.search(rf"^\| `{name}` \| *{re.escape(told)} *\|", page("docs/settings.md"), re.MULTILINE), name


def test_no_page_speaks_of_a_setting_that_there_is_not() -> None:
    named = {name for page in PAGES for name in re.findall(rf"\b{PREFIX}([A-Z_]+[A-Z])\b", page.read_text("utf-8"))}
    assert {name for name in named if name.lower().removesuffix("_file") not in Settings.model_fields} == set()


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    assert re.search(r"^## Unreleased\n\n### (Added|Changed|Fixed|Removed)\n- ", page("CHANGELOG.md"), re.MULTILINE)


def test_decisions_are_numbered_once() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [record.name[:4] for record in records]
    assert sorted(set(numbers)) == numbers
    for record, number in zip(records, numbers, strict=True):
        assert record.read_text("utf-8").startswith(f"# {number}: ")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def with_examples() -> list[str]:
    """Every module of ours that has an example in a docstring."""
    files = (path for folder in OURS[:7] for path in sorted((ROOT / folder).rglob("*.py")))
    found = (path.relative_to(ROOT).with_suffix("") for path in files if ">>> " in path.read_text("utf-8"))
    return [".".join(path.parts).removesuffix(".__init__") for path in found]


@pytest.mark.parametrize("module", with_examples())
def test_every_example_is_true(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert (failed, tried > 0) == (0, True)
