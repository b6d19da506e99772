"""Keys: who may do what on which networks: `keys.json` in the data folder, which holds hashes of keys and no keys."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from tower.errors import SettingError
from tower.settings import Settings

FILE: Final = "keys.json"
OWN: Final = ("127.0.0.1", "localhost", "::1")
ROLES: Final = ("viewer", "dispatcher", "approver", "admin")
"""Each may all that the ones before it may."""
SHAPE: Final = '[{"name": "dock 7", "role": "dispatcher", "networks": ["east"], "sha256": "<64 hex digits>"}]'


@dataclass(frozen=True, slots=True)
class Key:
    """A key's holder. `networks` None: all. A demo key is printed for whoever looks, and good on this machine only."""

    name: str
    role: str
    networks: tuple[str, ...] | None
    demo: bool = False

    def may(self, role: str, network: str) -> bool:
        """Whether it may do there what that role may."""
        return self.is_for(network) and self.is_at_least(role)

    def is_for(self, network: str) -> bool:
        """Whether it is for that network."""
        return self.networks is None or network in self.networks

    def is_at_least(self, role: str) -> bool:
        """Whether it may somewhere do what that role may; never for a role that nobody knows."""
        return self.role in ROLES and role in ROLES and ROLES.index(self.role) >= ROLES.index(role)


class Keys:
    """The keys of a file."""

    def __init__(self, found: Mapping[str, Key]) -> None:
        self._found = found

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The keys in the file; none if there is no file. Raises SettingError if it is no such file."""
        try:
            listed = orjson.loads(path.read_bytes()) if path.exists() else []
            return cls({str(one["sha256"]): key_of(one) for one in listed})
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise SettingError(f"keys: {path} cannot be read: {type(error).__name__} {error}", SHAPE) from None

    def of(self, token: str) -> Key | None:
        """The holder of a key, None if it is nobody's; takes as long whichever it is."""
        asked = hashlib.sha256(token.encode(errors="replace")).hexdigest()
        found = None
        for digest, key in self._found.items():
            found = key if hmac.compare_digest(digest.encode(), asked.encode()) else found
        return found

    def all(self) -> list[Key]:
        """Every holder."""
        return list(self._found.values())

    @staticmethod
    def made(path: Path, wanted: Mapping[str, str], *, demo: bool = False) -> dict[str, str]:
        """New keys, name -> role in, name -> key out; only their hashes are written, for this user's eyes."""
        tokens = {name: secrets.token_urlsafe(24) for name in wanted}
        listed = [{"name": name, "role": role, "networks": None, "sha256": hashlib.sha256(tokens[name].encode())
                   .hexdigest(), **({"demo": True} if demo else {})} for name, role in wanted.items()]  # fmt: skip
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(0o600)
        draft.write_bytes(orjson.dumps(listed))
        os.replace(draft, path)
        return tokens


def key_of(one: Mapping[str, Any]) -> Key:
    """The holder that an entry speaks of. Raises ValueError for a role that nobody knows."""
    if one["role"] not in ROLES:
        raise ValueError(f"role is none of {', '.join(ROLES)} (got {one['role']})")
    named = one["networks"]
    networks = None if named is None else tuple(str(network) for network in named)
    return Key(str(one["name"]), one["role"], networks, bool(one.get("demo", False)))


def check(told: Settings, keys: Keys) -> None:
    """Refuse keys that were printed for whoever looks, on any address but this machine's own."""
    if told.host in OWN:
        return
    demo = [key.name for key in keys.all() if key.demo]
    if demo:
        raise SettingError(f"host: {told.host} is not this machine's own, and keys of a demo are good here: "
                           f"{', '.join(demo)}", "TOWER_HOST=127.0.0.1, or keys of your own in keys.json")  # fmt: skip
    if not keys.all():
        raise SettingError(f"host: nobody has a key, so {told.host} would answer nobody", "keys.json: see docs/api.md")
