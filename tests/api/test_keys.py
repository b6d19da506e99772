"""Keys hold hashes, deny by default, and say what is wrong with their file."""

import stat
from pathlib import Path

import orjson
import pytest

from api.keys import ROLES, Key, Keys
from tower.errors import SettingError


def test_a_key_that_was_made_is_known_and_no_other_is(tmp_path: Path) -> None:
    tokens = Keys.made(tmp_path / "keys.json", {"wall": "viewer", "ana": "approver"})
    keys = Keys.read(tmp_path / "keys.json")
    assert {name: keys.of(token) for name, token in tokens.items()} == {
        "wall": Key("wall", "viewer", None), "ana": Key("ana", "approver", None)}  # fmt: skip
    assert [keys.of(other) for other in ("", "wall", tokens["wall"] + "x", "\udc80")] == [None] * 4


def test_the_file_is_for_its_owner_and_holds_no_key(tmp_path: Path) -> None:
    tokens = Keys.made(tmp_path / "keys.json", {"wall": "viewer"}, demo=True)
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert tokens["wall"].encode() not in (tmp_path / "keys.json").read_bytes()
    assert Keys.read(tmp_path / "keys.json").all() == [Key("wall", "viewer", None, demo=True)]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_ones_before_it_may_on_its_networks(role: str) -> None:
    key = Key("k", role, ("east",))
    assert [asked for asked in ROLES if key.may(asked, "east")] == list(ROLES[: ROLES.index(role) + 1])
    assert [asked for asked in (*ROLES, "", "root") if key.may(asked, "west")] == []
    assert not key.may("root", "east")


def test_without_a_file_nobody_has_a_key(tmp_path: Path) -> None:
    assert Keys.read(tmp_path / "keys.json").all() == []


@pytest.mark.parametrize("said", [b"{", b"[1]", b'[{"name": "a"}]'])
def test_a_file_of_something_else_is_refused_with_what_it_should_be(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(said)
    with pytest.raises(SettingError) as refused:
        Keys.read(tmp_path / "keys.json")
    assert "sha256" in refused.value.try_


def test_a_role_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(
        orjson.dumps([{"name": "a", "role": "root", "networks": None, "sha256": "0" * 64}])
    )
    with pytest.raises(SettingError, match="root"):
        Keys.read(tmp_path / "keys.json")
