"""Refusal: an answer that is no, worded and numbered as ClickHouse would."""


class Refusal(Exception):
    """Why a request is not served: ClickHouse's code and name, our words, the status of HTTP."""

    def __init__(self, code: int, name: str, why: str, status: int = 500) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {why} ({name})")
        self.code, self.status = code, status


def denied(why: str) -> Refusal:
    """It is understood, and not allowed."""
    return Refusal(497, "ACCESS_DENIED", why, 403)


def unreadable(why: str) -> Refusal:
    """It is not understood."""
    return Refusal(62, "SYNTAX_ERROR", why, 400)


def unsettable(why: str) -> Refusal:
    """A setting that is not open to this door, or not to this value."""
    return Refusal(452, "SETTING_CONSTRAINT_VIOLATION", why, 403)


def unknown_key() -> Refusal:
    """Somebody has a key, but not ours."""
    return Refusal(516, "AUTHENTICATION_FAILED", "the key is not the writer's; readers come without one", 403)


def too_large(what: str, limit: int) -> Refusal:
    """More bytes than one request may bring."""
    return Refusal(307, "TOO_MANY_BYTES", f"{what} is longer than {limit} bytes: send it in parts", 413)


def busy(why: str) -> Refusal:
    """Not now."""
    return Refusal(202, "TOO_MANY_SIMULTANEOUS_QUERIES", why, 503)
