"""Server: ClickHouse's HTTP interface over the engine, on this machine only."""

import re
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from sinks.clickhouse.embedded.coding import packed
from sinks.clickhouse.embedded.engine import Answer, Engine
from sinks.clickhouse.embedded.refusal import Refusal, denied
from sinks.clickhouse.embedded.requests import Request, question, received
from sinks.clickhouse.embedded.turns import Turns

HOST: Final = "127.0.0.1"
OURSELVES: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
IDLE_S: Final = 60.0

ALWAYS: Final = {"X-ClickHouse-Server-Display-Name": "tower", "X-ClickHouse-Timezone": "UTC"}
CONTENT_TYPES: Final = {
    "Native": "application/octet-stream",
    "Arrow": "application/vnd.apache.arrow.file",
    "ArrowStream": "application/vnd.apache.arrow.stream",
    "CSV": "text/csv; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "Parquet": "application/vnd.apache.parquet",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
}


class Server(ThreadingHTTPServer):
    """The interface on a port, bound at once and answering from `answer_with(engine)` on; a thread a connection."""

    request_queue_size = 128
    daemon_threads = True
    engine: Engine

    def __init__(self, port: int, key: str) -> None:
        super().__init__((HOST, port), Handler)
        self.key = key
        self.all = Turns("requests", at_once=128, waiting=0)
        self.readers = Turns("readers", at_once=2, waiting=64)
        self.writers = Turns("writers", at_once=1, waiting=32)

    def answer(self, request: Request) -> Answer:
        """The answer to a request, in its turn; raises Refusal."""
        asked, data = question(request, self.key)
        with (self.writers if asked.writes else self.readers).turn():
            return self.engine.ask(asked) if data is None else self.engine.insert(asked, data)

    def drain(self) -> None:
        """Finish and send what runs, refuse what waits, answer nothing more."""
        for turns in (self.readers, self.writers, self.all):
            turns.drain()
        self.shutdown()


class Handler(BaseHTTPRequestHandler):
    """One connection, request after request."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "tower", ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = IDLE_S

    def do_GET(self) -> None:
        """Health, or a statement in the URL."""
        path = self.path.partition("?")
        if path[0] in {"/ping", "/replicas_status"} or (path[0] == "/" and not path[2]):
            self.say(200, b"Ok.\n", {"Content-Type": "text/html; charset=UTF-8"})
        elif path[0] != "/":
            self.say(404, b"There is /ping, and / for statements.\n", {"Content-Type": "text/plain; charset=UTF-8"})
        else:
            self.do_POST()

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """A statement in the URL, the body or a form."""
        try:
            with self.server.all.turn():
                self.check_host()
                request = self.read()
                self.show(request, self.server.answer(request))
        except Refusal as refusal:
            self.refuse(refusal)

    def check_host(self) -> None:
        """Raises Refusal for a page that had its own name point here."""
        if not OURSELVES.fullmatch(self.headers.get("Host", "localhost")):
            raise denied("only this machine is served, by its own name")

    def read(self) -> Request:
        """The request; until it is read whole, what follows on the connection cannot be told apart."""
        keep, self.close_connection = self.close_connection, True
        request = received(self.command, self.path, self.headers, self.rfile, self.server.key)
        self.close_connection = keep
        return request

    def show(self, request: Request, answer: Answer) -> None:
        """Send an answer, packed if that was asked for."""
        accepted = self.headers.get("Accept-Encoding", "") if request.told("enable_http_compression") == "1" else ""
        body, coding = packed(answer.body, accepted)
        headers = {"Content-Encoding": coding} if coding else {}
        headers |= {"Content-Type": CONTENT_TYPES.get(answer.format, "text/plain; charset=UTF-8")}
        headers |= {"X-ClickHouse-Format": answer.format, "X-ClickHouse-Summary": answer.summary}
        self.say(200, body, headers | {"X-ClickHouse-Query-Id": query_id(request)})

    def refuse(self, refusal: Refusal) -> None:
        """Send a refusal as ClickHouse would."""
        headers = {"X-ClickHouse-Exception-Code": str(refusal.code), "Content-Type": "text/plain; charset=UTF-8"}
        self.say(refusal.status, f"{refusal}\n".encode("utf-8", "backslashreplace"), headers)

    def say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send a response."""
        self.send_response(status)
        for name, value in (headers | ALWAYS).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: whoever asks knows."""


def query_id(request: Request) -> str:
    """The id that the client gave its statement, if it can stand in a header; else one of ours."""
    told = request.told("query_id")
    return told if re.fullmatch(r"[\w.:-]{1,64}", told, re.ASCII) else str(uuid.uuid4())
