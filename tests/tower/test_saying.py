"""What a process says, as JSON: one object a line, whatever it is, and readable again by who watches over it."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tower.saying import Lines, Voice, lines, say, speak


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


@pytest.fixture
def voice() -> Iterator[None]:
    """What the tests change in this process is put back."""
    held, hook, root = Voice.is_json, sys.excepthook, logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    Voice.is_json, sys.excepthook, root.handlers = held, hook, handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("voice")
def test_lines_for_people_are_objects_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    speak("text")
    say("control ready")
    assert capsys.readouterr().err == "control ready\n"
    speak("json", "control")
    say("control ready", pid=7)
    say("Error: port: is taken (got 1)\nTry: 2")
    logging.getLogger("api").warning("careful")
    told = [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["level"], one["program"], one["message"]) for one in told] == [
        ("info", "control", "control ready"), ("error", "control", "Error: port: is taken (got 1)\nTry: 2"),
        ("warning", "control", "careful"),
    ]  # fmt: skip
    assert told[0]["pid"] == 7


def test_what_ends_a_process_is_said_as_an_object_too() -> None:
    script = "from tower.saying import speak; speak('json', 'control'); raise RuntimeError('two\\nlines')"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    [line] = done.stderr.splitlines()
    said = orjson.loads(line)
    assert (done.returncode, said["level"], said["message"]) == (1, "critical", "ended by RuntimeError")
    assert said["error"].endswith("RuntimeError: two\nlines")
    assert list(lines(done.stderr))[-2:] == ["RuntimeError: two", "lines"]


def test_what_was_said_is_read_line_by_line_whichever_way() -> None:
    said = 'plain\n{"at":"x","message":"Error: a\\nTry: b"}\n{"at": no json\n{"at":"y","message":"m","error":"e"}'
    assert list(lines(said)) == ["plain", "Error: a", "Try: b", '{"at": no json', "m", "e"]
