"""Logs as JSON: one object a line, with what was said beside the message."""

import logging

import orjson

from api.logs import Lines


def test_a_line_is_an_object_whatever_is_said() -> None:
    said = {"name": "api.http", "levelname": "INFO", "msg": 'GET %s\n"', "args": ("/v1/legs",), "created": 1360314000.0}
    record = logging.makeLogRecord({**said, "request": "r1", "took_ms": 1.5})
    line = Lines().format(record)
    assert "\n" not in line
    assert orjson.loads(line) == {"at": "2013-02-08T09:00:00.000Z", "level": "info", "logger": "api.http",
                                  "message": 'GET /v1/legs\n"', "request": "r1", "took_ms": 1.5}  # fmt: skip


def test_an_error_brings_its_trace() -> None:
    try:
        raise RuntimeError("bad")
    except RuntimeError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (RuntimeError, error, error.__traceback__)})
    assert "RuntimeError: bad" in orjson.loads(Lines().format(record))["error"]
