"""Requests: what came over HTTP, as a question for the engine."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import Message
from io import BufferedIOBase
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from sinks.clickhouse.embedded import limits, narrow
from sinks.clickhouse.embedded.coding import unpacked
from sinks.clickhouse.embedded.engine import Question
from sinks.clickhouse.embedded.refusal import Refusal, denied, too_large, unknown_key, unreadable
from sinks.clickhouse.embedded.statements import Statement, admit

BODY_BYTES: Final = 64 << 20
READER_BYTES: Final = 1 << 20
STATEMENT_BYTES: Final = 256 << 10
DATABASES: Final = frozenset({"", "default", "tower"})
PARAMETER: Final = "param_"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its method, path, URL parameters and those of a form, headers, and its body, unpacked."""

    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Message
    body: bytes = b""
    form: Mapping[str, str] = field(default_factory=dict)

    def told(self, name: str) -> str:
        """A parameter, wherever it was said; "" if nowhere."""
        return self.form.get(name) or self.parameters.get(name, "")

    def source(self) -> bytes:
        """The statement and its data: the parameter `query`, then the body."""
        query = self.told("query").encode("utf-8", "surrogateescape")
        return query + b"\n" + self.body if query and self.body else query or self.body


def received(method: str, target: str, headers: Message, stream: BufferedIOBase, key: str) -> Request:
    """The request whose headers were read and whose body is still in the stream; only a key opens it to long ones."""
    url = urlsplit(target)
    parameters = dict(parse_qsl(url.query, keep_blank_values=True, errors="surrogateescape"))
    bare = Request(method, url.path, parameters, headers)
    limit = BODY_BYTES if writes(bare, key) else READER_BYTES
    body = unpacked(whole(headers, stream, limit), headers.get("Content-Encoding", ""), limit)
    if headers.get_content_type() == "multipart/form-data":
        return replace(bare, form=fields(body, str(headers.get_boundary() or "")))
    return replace(bare, body=body)


def whole(headers: Message, stream: BufferedIOBase, limit: int) -> bytes:
    """The body as it travelled; raises Refusal if it is too long or no body."""
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return chunked(stream, limit)
    length = headers.get("Content-Length", "0")
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise unreadable(f"Content-Length is {length[:20]!r}")
    if int(length) > limit:
        raise too_large("the body", limit)
    return stream.read(int(length))


def chunked(stream: BufferedIOBase, limit: int) -> bytes:
    """A body that came in chunks."""
    pieces, room = list[bytes](), limit
    while size := chunk_size(stream.readline(1024)):
        room -= size
        if room < 0:
            raise too_large("the body", limit)
        pieces.append(stream.read(size))
        stream.readline(1024)
    while stream.readline(1024).strip():
        pass
    return b"".join(pieces)


def chunk_size(line: bytes) -> int:
    """The size that a chunk's first line tells; raises Refusal."""
    text = line.split(b";")[0].strip()
    if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", text):
        raise unreadable("a chunk without its size")
    return int(text, 16)


def fields(body: bytes, boundary: str) -> dict[str, str]:
    """The fields of a form; raises Refusal for a file, as tables do not travel with a statement here."""
    found: dict[str, str] = {}
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'\bname="([^"\r\n]+)"', head)
        if name is None or not name[1].startswith((b"query", PARAMETER.encode())):
            raise unreadable("forms carry `query` and parameters; external tables are not served here")
        found[text_of(name[1])] = text_of(content.removesuffix(b"\r\n"))
    return found


def text_of(raw: bytes) -> str:
    """Bytes as text that gives the same bytes again."""
    return raw.decode("utf-8", "surrogateescape")


def writes(request: Request, key: str) -> bool:
    """Whether the writer asks; raises Refusal for a key that is not his. GET only ever reads."""
    said = given_key(request)
    if said and not hmac.compare_digest(said.encode("utf-8", "surrogateescape"), key.encode()):
        raise unknown_key()
    return bool(said) and request.method == "POST"


def given_key(request: Request) -> str:
    """The key that came with a request, in any of the places where ClickHouse takes one; the user's name is nothing."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(told, validate=True).decode("utf-8", "surrogateescape").partition(":")[2]
        except binascii.Error:
            raise unknown_key() from None
    return told or str(request.headers.get("X-ClickHouse-Key", "")) or request.parameters.get("password", "")


def question(request: Request, key: str) -> tuple[Question, bytes | None]:
    """What the engine is asked, and the data that follows an INSERT; raises Refusal."""
    may_write, source = writes(request, key), request.source()
    if "decompress" in request.parameters or request.parameters.get("compress", "0") != "0":
        raise Refusal(48, "NOT_IMPLEMENTED", "compress and decompress: use Content-Encoding and Accept-Encoding", 501)
    text, seen = text_of(source[:STATEMENT_BYTES]), narrow.networks(request.parameters.get(narrow.TOLD))
    statement = admit(text, may_write)
    asked_of = settings(request, statement, may_write)
    if seen is not None:
        narrow.check(text, statement, asked_of, may_write)
    if statement.data_at is None and len(source) > STATEMENT_BYTES:
        raise too_large("the statement", STATEMENT_BYTES)
    asked = Question(
        encodable(statement.text),
        statement.format or default_format(request),
        asked_of | (narrow.SETTINGS if seen is not None else {}),
        parameters(request),
        database(request),
        may_write,
        seen,
    )
    return asked, None if statement.data_at is None else source[bytes_before(text, statement.data_at) :]


def bytes_before(text: str, at: int) -> int:
    """How many bytes a text's first characters take."""
    return len(text[:at].encode("utf-8", "surrogateescape"))


def encodable(text: str) -> str:
    """The text, if it is UTF-8; raises Refusal."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise unreadable("the statement is not UTF-8") from None
    return text


def settings(request: Request, statement: Statement, may_write: bool) -> dict[str, str]:
    """The settings of the URL, then those of the statement; raises Refusal for one that is not open."""
    url = {name: value for name, value in request.parameters.items() if not name.startswith(PARAMETER)}
    asked = {name: value for name, value in url.items() if name not in limits.INTERFACE} | statement.settings
    return {name: limits.checked(name, encodable(value), may_write) for name, value in asked.items()}


def parameters(request: Request) -> dict[str, str]:
    """The values that stand for {name:Type} in the statement."""
    said = {**request.parameters, **request.form}
    return {name[len(PARAMETER) :]: encodable(value) for name, value in said.items() if name.startswith(PARAMETER)}


def default_format(request: Request) -> str:
    """The format of an answer whose statement names none."""
    return request.told("default_format") or str(request.headers.get("X-ClickHouse-Format", "TabSeparated"))


def database(request: Request) -> str:
    """The database in which names without one are looked up; raises Refusal for one that is not ours."""
    name = request.told("database") or str(request.headers.get("X-ClickHouse-Database", ""))
    if name not in DATABASES:
        raise denied(f"database {name[:40]!r} is not served here, only tower")
    return name
