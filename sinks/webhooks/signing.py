"""Signing: Standard Webhooks 1.0, symmetric: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hmac
from pathlib import Path
from typing import Final

from tower.errors import SettingError

PREFIX: Final = "whsec_"
LEAST, MOST = 24, 64
"""Bytes of a secret, as the standard has it."""


def secrets_in(folder: Path, name: str) -> list[bytes]:
    """The secrets in a file, one a line, `whsec_` and base64; several while a key is being changed.

    Raises SettingError that shows none of them.
    """
    path = folder / name
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingError(f"secret {name}: cannot read {path}: {cause}", "a file that holds whsec_...") from None
    if not lines:
        raise SettingError(f"secret {name}: {path} is empty", "a line that holds whsec_...")
    return [secret(name, line) for line in lines]


def secret(name: str, line: str) -> bytes:
    """The bytes of one; raises SettingError."""
    try:
        found = base64.b64decode(line.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not line.startswith(PREFIX) or not LEAST <= len(found) <= MOST:
        raise SettingError(f"secret {name}: expected whsec_ and the base64 of {LEAST} to {MOST} bytes",
                           "echo whsec_$(openssl rand -base64 32)")  # fmt: skip
    return found


def headers(secrets: list[bytes], message: str, second: int, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent in that second, signed with each secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(signature(one, message, second, body) for one in secrets),
    }


def signature(key: bytes, message: str, second: int, body: bytes) -> str:
    """One signature."""
    digest = hmac.digest(key, f"{message}.{second}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()
