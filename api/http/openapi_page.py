"""OpenAPI as a page: every route, what it takes and answers, without a script and without asking anybody else."""

from collections.abc import Iterator
from html import escape
from typing import Any

import orjson

Node = dict[str, Any]


def page_of(document: Node) -> str:
    """The page."""
    body = "".join(section(path, method, operation, document)
                   for path, methods in document["paths"].items() for method, operation in methods.items())  # fmt: skip
    return ('<!doctype html><html lang="en"><meta charset="utf-8"><title>API</title>'
            '<link rel="stylesheet" href="/plain.css"><h1>The tower&#8217;s API</h1>'
            '<p>Send a key as <code>Authorization: Bearer ...</code>. Errors are <code>application/problem+json</code> '
            'with a <code>hint</code>. As a document: <a href="/openapi.json">openapi.json</a>.</p>'
            f"<ul>{''.join(contents(document))}</ul>{body}</html>")  # fmt: skip


def contents(document: Node) -> Iterator[str]:
    """Every route as a link."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (f'<li><a href="#{anchor(path, method)}"><code>{method.upper()} {escape(path)}</code></a> '
                   f"{escape(operation.get('summary', ''))}</li>")  # fmt: skip


def anchor(path: str, method: str) -> str:
    """Where a route stands on the page."""
    return escape(f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""))


def section(path: str, method: str, operation: Node, document: Node) -> str:
    """One route."""
    rows = "".join(parameter(one) for one in operation.get("parameters", ()))
    table = f"<table><tr><th>parameter</th><th>in</th><th></th><th></th></tr>{rows}</table>" if rows else ""
    answers = ", ".join(f"{code} {escape(one.get('description', ''))}" for code, one in operation["responses"].items())
    return (f'<h2 id="{anchor(path, method)}"><code>{method.upper()} {escape(path)}</code></h2>'
            f"<p>{escape(operation.get('summary', ''))}. {escape(operation.get('description', ''))}</p>"
            f"{table}{body(operation, document)}<p>Answers: {answers}</p>")  # fmt: skip


def parameter(one: Node) -> str:
    """One parameter as a row."""
    schema = one.get("schema", {})
    limits = ", ".join(f"{name} {schema[name]}" for name in ("minimum", "maximum", "maxLength", "default", "enum")
                       if name in schema and schema[name] != "")  # fmt: skip
    said = one.get("description") or schema.get("description") or ""
    return (f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td><td>{escape(said)}</td>"
            f"<td>{escape(limits)}</td></tr>")  # fmt: skip


def body(operation: Node, document: Node) -> str:
    """What the body may be."""
    content = operation.get("requestBody", {}).get("content", {})
    told = "".join(f"<p>Body, <code>{escape(kind)}</code>:</p><pre>{escape(pretty(resolved(one['schema'], document)))}"
                   "</pre>" for kind, one in content.items())  # fmt: skip
    return told


def resolved(schema: Node, document: Node) -> Node:
    """The schema that a reference names."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Node = document.get("components", {}).get("schemas", {}).get(name, schema)
    return found


def pretty(value: Node) -> str:
    """JSON for people."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
