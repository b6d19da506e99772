"""Check: what a client has sent is a frame, or it is told which field is wrong, what it said, and what to do."""

from typing import Any, Final

import orjson
from pydantic import ValidationError

from api.hub.frames import CLIENT, Hello, Refused, Subscribe, Unsubscribe

SHOWN: Final = 100
"""Characters of a wrong value that are said back."""
EXAMPLE: Final = '{"type": "hello", "token": "..."}'
FIXES: Final = {
    "extra_forbidden": "leave it out: nobody knows it",
    "missing": "say it",
    "union_tag_not_found": "say it: hello, subscribe or unsubscribe",
    "union_tag_invalid": "hello, subscribe or unsubscribe",
    "literal_error": "one of {expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "too_long": "at most {max_length} of them",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character",
    "string_type": "a text",
    "list_type": "a list",
    "bool_type": "true or false",
}
"""What to do about what pydantic finds; else its own words."""


class Bad(Exception):
    """A frame that cannot be done. `code`: the connection ends with it."""

    def __init__(self, refused: Refused, code: int = 0) -> None:
        super().__init__(refused.fix)
        self.refused, self.code = refused, code


def parsed(message: str | bytes) -> Hello | Subscribe | Unsubscribe:
    """The frame that a message is. Raises Bad that says what is wrong; with 4400 where it is no frame at all."""
    if isinstance(message, bytes):
        raise Bad(Refused(id=None, field="message", value="binary", fix=f"text: {EXAMPLE}"), 4400)
    try:
        said = orjson.loads(message)
    except ValueError:
        raise Bad(Refused(id=None, field="message", value=message[:SHOWN], fix=f"JSON: {EXAMPLE}"), 4400) from None
    if not isinstance(said, dict):
        raise Bad(Refused(id=None, field="message", value=message[:SHOWN], fix=f"an object: {EXAMPLE}"), 4400)
    try:
        return CLIENT.validate_python(said)
    except ValidationError as error:
        raise Bad(worded(said, error)) from None


def worded(said: dict[str, Any], error: ValidationError) -> Refused:
    """The first thing that is wrong with a frame."""
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"] if str(part) != said.get("type")] or ["type"]
    value = None if first["type"] == "missing" else said.get("type") if path == ["type"] else first.get("input")
    fix = FIXES.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
    return Refused(id=id_of(said), field=".".join(path), value=shown(value), fix=fix[:200])


def id_of(said: dict[str, Any]) -> int | None:
    """The frame's id, if it is one that can be said back."""
    id = said.get("id")
    return id if isinstance(id, int) and not isinstance(id, bool) and abs(id) < 1 << 53 else None


def shown(value: object) -> object:
    """A wrong value as it is said back, never longer than what helps."""
    if isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    return value if isinstance(value, bool | float | None) or id_of({"id": value}) is not None else str(value)[:SHOWN]
