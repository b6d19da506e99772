"""Keys: who may listen to which networks: `keys.json` in the data folder, which holds hashes of keys and no keys."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

ROLES: Final = ("viewer", "dispatcher", "approver", "admin")


@dataclass(frozen=True, slots=True)
class Key:
    """A key's holder. `networks` None: all."""

    name: str
    role: str
    networks: tuple[str, ...] | None

    def may(self, role: str, network: str) -> bool:
        """Whether it may do there what that role may."""
        wide = self.networks is None or network in self.networks
        return wide and self.role in ROLES and role in ROLES and ROLES.index(self.role) >= ROLES.index(role)


class Keys:
    """The keys of a file."""

    def __init__(self, found: Mapping[str, Key]) -> None:
        self._found = found

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """The keys in the file; none if there is no file."""
        listed = orjson.loads(path.read_bytes()) if path.exists() else []
        return cls({one["sha256"]: Key(one["name"], one["role"], networks_of(one)) for one in listed})

    def of(self, token: str) -> Key | None:
        """The holder of a key, None if it is nobody's; takes as long whichever it is."""
        asked = hashlib.sha256(token.encode()).hexdigest()
        found = None
        for digest, key in self._found.items():
            found = key if hmac.compare_digest(digest, asked) else found
        return found

    @staticmethod
    def made(path: Path, wanted: Mapping[str, str]) -> dict[str, str]:
        """New keys, name -> role in, name -> key out; only their hashes are written."""
        tokens = {name: secrets.token_urlsafe(24) for name in wanted}
        path.touch(0o600)
        path.write_bytes(orjson.dumps([
            {"name": name, "role": role, "networks": None, "sha256": hashlib.sha256(tokens[name].encode()).hexdigest()}
            for name, role in wanted.items()
        ]))  # fmt: skip
        return tokens


def networks_of(one: dict[str, list[str] | None]) -> tuple[str, ...] | None:
    """The networks that an entry names."""
    named = one["networks"]
    return None if named is None else tuple(named)
