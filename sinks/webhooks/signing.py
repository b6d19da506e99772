"""Signing: Standard Webhooks 1.0, symmetric: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tower.errors import SettingError

PREFIX: Final = "whsec_"
VARIABLE: Final = "WEBHOOK_SECRET_"
LEAST, MOST = 24, 64
"""Bytes of a secret, as the standard has it."""


def secrets_in(folder: Path, name: str, environ: Mapping[str, str] = os.environ) -> list[bytes]:
    """The secrets of that name, `whsec_` and base64, one a line of a file, or in the environment by blanks; several
    while a key is being changed. A file beats the environment.

    Raises SettingError that shows none of them.
    """
    path, key = folder / name, key_of(name)
    if key in environ and not path.exists():
        return [secret(name, word) for word in environ[key].split()] or nothing(name, key)
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as cause:
        fix = f"a file that holds whsec_..., or {key} in the environment"
        raise SettingError(f"secret {name}: cannot read {path}: {cause}", fix) from None
    return [secret(name, line) for line in lines] or nothing(name, str(path))


def nothing(name: str, where: str) -> list[bytes]:
    """Raises SettingError: there is nothing where a secret should be."""
    raise SettingError(f"secret {name}: {where} is empty", "a line that holds whsec_...")


def key_of(name: str) -> str:
    """What a secret is called in the environment. Names beside these cannot be reached from a subscription.

    >>> key_of("night-shift")
    'WEBHOOK_SECRET_NIGHT_SHIFT'
    """
    return VARIABLE + re.sub(r"[^A-Z0-9]", "_", name.upper())


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
