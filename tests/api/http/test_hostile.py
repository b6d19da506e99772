"""Hostile: whatever the document of the API lets one send, and much that it does not, no answer is a 500."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http import told
from tests.suites.small_api import SmallApi, deviation, legs, rows, small_api
from tower import ids

EXAMPLES = 300
NASTY = st.sampled_from([
    "", "0", "-1", "1e999", "NaN", "null", "'", '"', "../../etc/passwd", "%00", "\u0000", "\ud800x"[1:], "\u202e",
    "A" * 5000, "2013-02-08T04:00:00Z", "9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+23:59", "#" + "f" * 16,
    f"{1:016x}", "L1", "O1/2", "/", "//", "{}", "[]", "${x}", "<script>", "east", "3", "critical", "EWR,ORD,,",
])  # fmt: skip
TEXTS = NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
                    max_leaves=8)  # fmt: skip


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallApi]:
    told.PATIENCE_S, before = 0.01, told.PATIENCE_S  # type: ignore[misc]
    with small_api(Path(tmp_path_factory.mktemp("hostile"))) as found:
        found.tell(**legs("L1", origin=ids.of("site", "EWR")), deviations=rows("deviations", deviation(1)))
        yield found
    told.PATIENCE_S = before  # type: ignore[misc]


def operations(api: SmallApi) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document, but for the stream: it never ends."""
    document = api.app.openapi()["paths"]
    return [(method.upper(), path, operation) for path, methods in document.items()
            for method, operation in methods.items() if path != "/v1/stream/sse"]  # fmt: skip


def value_of(schema: dict[str, Any], known: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that a schema allows."""
    if "$ref" in schema:
        return value_of(known[schema["$ref"].rpartition("/")[2]], known, depth)
    if "anyOf" in schema or "oneOf" in schema:
        return st.one_of([value_of(one, known, depth) for one in schema.get("anyOf") or schema["oneOf"]])
    kind = schema.get("type")
    if kind == "object" and schema.get("properties"):
        fields = {name: value_of(one, known, depth + 1) for name, one in schema["properties"].items()}
        needed = {name: fields.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=fields)
    if kind == "array":
        return st.lists(value_of(schema.get("items", {}), known, depth + 1), max_size=4)
    plain = {"integer": st.integers(-5, 1005), "number": st.floats(0.1, 1000), "boolean": st.booleans(),
             "string": TEXTS}  # fmt: skip
    return plain.get(kind or "", JSON)


def request_of(draw: st.DrawFn, method: str, path: str, operation: dict[str, Any], known: dict[str, Any]) -> Any:
    """A request that the document allows, or nearly."""
    query = {}
    for one in operation.get("parameters", ()):
        value = draw(value_of(one["schema"], known) if draw(st.booleans()) else TEXTS)
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(value), safe="") or "x")
        elif one["in"] == "query" and draw(st.booleans()):
            query[one["name"]] = value if isinstance(value, str) else str(value)
    query["network"] = "east"
    content, kind = None, "application/json"
    if method == "POST":
        allowed = list(operation.get("requestBody", {}).get("content", {"application/json": {"schema": {}}}).items())
        kind, body = draw(st.sampled_from(allowed))
        value = draw(value_of(body["schema"], known) | JSON)
        sound = httpx.Request("POST", "http://x", json=value).content
        content = sound if draw(st.integers(0, 9)) else draw(st.binary())
    return path.replace("{network}", "east"), query, content, kind


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_makes_the_api_fail(api: SmallApi, data: st.DataObject) -> None:
    listed = operations(api)
    known = api.app.openapi()["components"]["schemas"]
    method, path, operation = listed[data.draw(st.integers(0, len(listed) - 1))]
    where, query, content, kind = request_of(data.draw, method, path, operation, known)  # type: ignore[arg-type]
    answer = api.ask(method, where, "admin-east", params=query, content=content, headers={"Content-Type": kind})
    assert answer.status_code < 500 or answer.status_code in (501, 503), (method, where, query, content, answer.text)
    if answer.status_code >= 400:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "hint", "request"} <= problem.keys()
        assert (problem["status"], bool(problem["detail"]), bool(problem["hint"])) == (answer.status_code, True, True)


def test_every_operation_of_the_document_is_asked_at_least_once_plainly(api: SmallApi) -> None:
    said = {}
    for method, path, _ in operations(api):
        plain = path.replace("{id}", "0" * 16).replace("{network}", "east")
        answer = api.ask(method, f"{plain}?network=east", "admin-east", **({"json": {}} if method == "POST" else {}))
        said[method, path] = answer.status_code
    assert {one: status for one, status in said.items() if status >= 500 and status not in (501, 503)} == {}
    assert len(said) > 50
