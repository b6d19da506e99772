"""Rules: which role each route asks for. A route without a rule is closed to everybody."""

from typing import Final

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.http.here import Here, here_of
from api.http.problems import Problem
from api.keys import Key

ANYONE: Final = "anyone"
READ, ACT, DECIDE, RULE = "viewer", "dispatcher", "approver", "admin"
LISTS: Final = (
    "actions", "advisories", "connections", "decisions", "demands", "deviations", "doorplans", "doorrules",
    "doors", "forecasts", "handling", "incidents", "invariants", "kpis", "labour", "ledger", "legs", "lines", "models",
    "moves", "networks", "options", "orders", "plans", "playbooks", "predictions", "prices", "queues", "rejected",
    "sites", "sources", "stock", "supply", "tenders", "transfers", "visits", "weather", "yards",
)  # fmt: skip
ITEMS: Final = tuple(name for name in LISTS if name != "rejected")
WORDS: Final = ("acknowledge", "release", "shelve", "assign", "note")
VERDICTS: Final = {"approve": DECIDE, "adjust": ACT, "reject": ACT, "rollback": DECIDE}
"""What people say of decisions, and the least role that the door asks for; policy may ask for more."""
HANDS: Final = {"promote": DECIDE, "rollback": DECIDE}
"""What people say of models."""
OPEN: Final = (
    "/", "/wall", "/desk", "/replay", "/assets/{path:path}", "/plain.js", "/plain.css", "/docs", "/openapi.json",
    "/livez", "/readyz", "/metrics", "/version", "/v1/where",
)  # fmt: skip
RULES: Final[dict[tuple[str, str], str]] = {
    **{("GET", path): ANYONE for path in OPEN},
    **{("GET", f"/v1/{name}"): READ for name in LISTS},
    **{("GET", f"/v1/{name}/{{id:path}}"): READ for name in ITEMS},
    ("GET", "/v1/search"): READ,
    ("GET", "/v1/candidates"): READ,
    ("GET", "/v1/overview"): READ,
    ("GET", "/v1/me"): READ,
    ("GET", "/v1/stream/sse"): READ,
    ("GET", "/v1/scenarios"): READ,
    ("POST", "/v1/sql"): READ,
    ("POST", "/v1/events"): ACT,
    **{("POST", f"/v1/deviations/{word}"): ACT for word in WORDS},
    **{("POST", f"/v1/deviations/{{id}}/{word}"): ACT for word in WORDS},
    **{("POST", f"/v1/decisions/{{id}}/{word}"): role for word, role in VERDICTS.items()},
    **{("POST", f"/v1/models/{{id}}/{word}"): role for word, role in HANDS.items()},
    **{("POST", f"/v1/scenarios/{{network}}/{word}"): ACT for word in ("speed", "pause", "look")},
    **{("POST", f"/v1/scenarios/{{network}}/{word}"): DECIDE for word in ("fork", "run", "compare")},
    **{("GET", f"/v1/scenarios/{{network}}/{word}"): READ for word in ("forks", "runs")},
    **{("GET", f"/v1/scenarios/{{network}}/{word}/{{id:path}}"): READ for word in ("forks", "runs")},
    ("DELETE", "/v1/scenarios/{network}/runs/{id}"): DECIDE,
    **{("POST", f"/v1/scenarios/{{network}}/runs/{{id}}/{word}"): DECIDE for word in ("playbook", "use")},
}
"""Method and path -> the least role."""
SIGN_IN: Final = "send `Authorization: Bearer <key>`; keys.json in the data folder says who has one"


class Ruled(APIRoute):
    """A route that asks who is there before it reads anything else of the request."""

    def get_route_handler(self):  # type: ignore[no-untyped-def]
        """The handler, behind the rule."""
        handler = super().get_route_handler()

        async def ruled(request: Request) -> Response:
            admit(request, RULES.get((request.method, self.path)))
            return await handler(request)

        return ruled


def admit(request: Request, role: str | None) -> None:
    """Let in who may; says in `request.state` who it is and which network it is about. Raises Problem."""
    here = here_of(request)
    key = here.keys().of(bearer(request))
    here.rates.take(key.name if key else f"@{request.client.host if request.client else ''}")
    request.state.key, request.state.network = key, ""
    if role == ANYONE:
        return
    if key is None:
        raise Problem(401, "no key, or one that nobody has", SIGN_IN, WWW_Authenticate='Bearer realm="tower"')
    if role is None:
        raise Problem(403, "this route has no rule yet, so nobody may use it", "ask whoever runs the tower")
    request.state.network = network_of(request, here, key)
    if not key.may(role, request.state.network):
        raise Problem(403, f"key {key.name} is a {key.role}'s, this asks for {role}", f"a key of role {role}")


def network_of(request: Request, here: Here, key: Key) -> str:
    """The network that is asked for, or the only one that the key is for. Raises Problem."""
    asked = request.path_params.get("network") or request.query_params.get("network", "")
    may = [name for name in here.networks if key.is_for(name)]
    if not asked and len(may) == 1:
        return may[0]
    if asked in may:
        return str(asked)
    hint = f"?network={may[0]}" if may else "a key for one of the tower's networks"
    if asked or not may:
        raise Problem(403, f"key {key.name} is not for network {str(asked)[:64]!r}", hint)
    raise Problem(422, f"network: the key is for several: {', '.join(may)}", hint)


def bearer(request: Request) -> str:
    """The key that was sent; "" for none."""
    said = request.headers.get("authorization", "")
    return said[7:263] if said[:7].lower() == "bearer " else ""
