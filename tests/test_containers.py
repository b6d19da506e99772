"""Compose file, image, dashboard, rules and runbook speak of nothing that there is not. No engine is needed."""

import gzip
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from api.http import flows
from api.worker import FLOWS
from tower.settings import PREFIX, Settings, secret
from tower.telemetry import BY_NAME, METRICS

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, said in SERVICES.items() if "build" in said)
RULES = [rule for group in yaml.safe_load((ROOT / "docs/ops/alerts.yml").read_text("utf-8"))["groups"]
         for rule in group["rules"]]  # fmt: skip
DASHBOARD = json.loads((ROOT / "docs/ops/dashboard.json").read_text("utf-8"))
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")
SCHEMA = ROOT / "tests/fixtures/compose-spec.json.gz"
SERVERS = {"kafka", "redis", "clickhouse"}


def test_every_flow_and_door_has_a_container() -> None:
    assert set(OURS) == {*FLOWS, "api", "hub"}
    assert set(SERVICES) == {*OURS, *SERVERS}


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_a_program_that_there_is(name: str) -> None:
    python, flag, module, *words = SERVICES[name]["command"]
    assert (python, flag) == ("python", "-m")
    assert importlib.util.find_spec(module) is not None
    assert words == ([name] if module == "api.worker" else [])


@pytest.mark.parametrize("name", OURS)
def test_a_container_is_told_settings_that_there_are_and_secrets_by_file(name: str) -> None:
    for key, value in SERVICES[name]["environment"].items():
        setting = key.removeprefix(PREFIX).lower()
        assert key.startswith(PREFIX)
        assert setting.removesuffix("_file") in Settings.model_fields
        assert not secret(setting), "a secret comes by a file"
        if setting.endswith("_file"):
            assert Path(value).name in SERVICES[name]["secrets"]
        elif "$" not in value:
            assert Settings.model_validate({setting: value})


@pytest.mark.parametrize("name", OURS)
def test_a_container_finds_its_servers_by_their_names_and_ports(name: str) -> None:
    urls = [str(value) for value in SERVICES[name]["environment"].values() if "://" in str(value)]
    found = {re.sub(r"^\w+://([\w.]+:\d+).*$", r"\1", url) for url in urls}
    assert found == {"kafka:9092", "redis:6379", "clickhouse:8123"}
    assert set(SERVICES[name]["depends_on"]) == SERVERS
    assert {said["condition"] for said in SERVICES[name]["depends_on"].values()} == {"service_healthy"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    said = SERVICES[name]
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", said["image"]), "pinned"
    assert not {"privileged", "network_mode", "pid"} & said.keys()
    if name in OURS:
        assert said["read_only"]
        assert said["user"] == "10001:10001"
    for port in said.get("ports", []):
        assert port.startswith("127.0.0.1:")


def test_it_is_what_the_compose_specification_calls_a_compose_file() -> None:
    judge = jsonschema.Draft7Validator(json.loads(gzip.decompress(SCHEMA.read_bytes())))
    assert [f"{list(error.path)}: {error.message}" for error in judge.iter_errors(COMPOSE)] == []
    broken = {**COMPOSE, "services": {**SERVICES, "api": {**SERVICES["api"], "helthcheck": {}}}}
    assert list(judge.iter_errors(broken)), "it does judge"


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_says_whether_it_is_well(name: str) -> None:
    said = SERVICES[name]["healthcheck"]
    assert {"test", "interval", "timeout", "retries"} <= said.keys()
    if name in FLOWS:
        assert said["test"] == ["CMD", "python", "-m", "api.alive", name]


def test_volumes_and_secrets_are_declared_and_used() -> None:
    used = {volume.partition(":")[0] for said in SERVICES.values() for volume in said.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    assert {one for said in SERVICES.values() for one in said.get("secrets", [])} == set(COMPOSE["secrets"])


def test_the_doors_ports_are_the_ones_that_are_set() -> None:
    assert SERVICES["api"]["ports"] == ["127.0.0.1:8080:8080"]
    assert SERVICES["hub"]["ports"] == ["127.0.0.1:8081:8081"]
    assert {SERVICES[name]["environment"]["TOWER_PORT"] for name in ("api", "hub")} == {"8080"}


def test_the_image_copies_what_there_is_and_runs_without_rights() -> None:
    said = (ROOT / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"cp -r (.*) /opt/code/", said)[0].split()
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} <= set(copied)
    assert said.index("USER tower") > said.index("useradd --uid 10001")
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in said.splitlines() if line.startswith("FROM"))


def named(expression: str) -> set[str]:
    """The metrics in an expression, by the names that they are listed under."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\btower_\w+", expression)}


EXPRESSIONS = [rule["expr"] for rule in RULES] + [t["expr"] for panel in DASHBOARD["panels"] for t in panel["targets"]]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_dashboard_and_rules_ask_for_metrics_and_labels_that_are_told(expression: str) -> None:
    assert named(expression) <= BY_NAME.keys()
    labels = {"le", "job", "instance"} | {label for name in named(expression) for label in BY_NAME[name].labels}
    asked = re.findall(r"by \(([\w, ]+)\)", expression) + re.findall(r"(\w+)=~?\"", expression)
    assert {label.strip() for one in asked for label in one.split(",")} <= labels


def test_every_rule_has_its_section_in_the_runbook_and_the_other_way_round() -> None:
    sections = re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)
    assert sections == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_what_is_told_is_listed_and_told_by_some_process() -> None:
    code = {folder: "".join(path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py"))
            for folder in ("api", "streams", "operators")}  # fmt: skip
    assert [metric.name for metric in METRICS if f'"{metric.name}"' not in code["api"]] == []
    noted = code["streams"] + code["operators"]
    assert {name for name in flows.TOLD if f'"{name}"' not in noted} == set()


def test_samples_that_the_runbook_names_are_there() -> None:
    named_samples = set(re.findall(r"sql @(\w+)", RUNBOOK))
    assert named_samples
    assert all((ROOT / f"sinks/clickhouse/queries/{name}.sql").exists() for name in named_samples)
