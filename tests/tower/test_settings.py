"""The settings' promises: who wins, what is refused, and how that is worded."""

from pathlib import Path

import pytest

from tower.errors import SettingError
from tower.settings import Settings, checked, gather


def settings(folder: Path, *, toml: str = "", dotenv: str = "", **environ: str) -> Settings:
    (folder / "tower.toml").write_text(toml)
    (folder / ".env").write_text(dotenv)
    return checked(gather({}, environ, folder))


def test_the_stronger_source_wins(tmp_path: Path) -> None:
    said = {"toml": "port = 1001\n", "dotenv": "TOWER_PORT=1002\n"}
    assert Settings().port == 8080
    assert settings(tmp_path, toml=said["toml"]).port == 1001
    assert settings(tmp_path, **said).port == 1002
    assert settings(tmp_path, **said, TOWER_PORT="1003").port == 1003
    assert checked(gather({"port": 1004, "data": None}, {"TOWER_PORT": "1003"}, tmp_path)).port == 1004


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("TOWER_REDIS_URL", "localhost", "expected redis://host:port/db, the password apart (got localhost)"),
        ("TOWER_REDIS_URL", "redis://:hush@host:1/0", "the password apart"),
        ("TOWER_LOGS", "kafka://host", "expected file:<folder> or kafka://host:port (got kafka://host)"),
        ("TOWER_CLICKHOUSE_URL", "host:8123", "expected http://host:port"),
        ("TOWER_PORT", "70000", "less than or equal to 65534 (got 70000)"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_form(
    tmp_path: Path, key: str, value: str, expected: str
) -> None:
    with pytest.raises(SettingError) as refused:
        settings(tmp_path, **{key: value})
    assert refused.value.what.startswith(f"{key}: ")
    assert expected in refused.value.what
    assert refused.value.try_.startswith(f"{key}=")


def test_an_unknown_key_suggests_the_nearest_as_its_source_spells_it(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="TOWER_PROT: no such setting") as in_environment:
        settings(tmp_path, TOWER_PROT="1")
    with pytest.raises(SettingError, match=r"prot: no such setting \(got it from tower.toml\)") as in_toml:
        settings(tmp_path, toml="prot = 1\n")
    assert (in_environment.value.try_, in_toml.value.try_) == ("TOWER_PORT", "port")


def test_what_is_not_ours_in_the_environment_is_left_alone(tmp_path: Path) -> None:
    assert settings(tmp_path, dotenv="OTHER=1\n", HOME="/root") == Settings()


def test_a_secret_comes_from_the_environment_or_a_file_it_names(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    for environ in ({"TOWER_REDIS_PASSWORD": "hush"}, {"TOWER_REDIS_PASSWORD_FILE": str(tmp_path / "secret")}):
        password = settings(tmp_path, **environ).redis_password
        assert password is not None
        assert password.get_secret_value() == "hush"


def test_a_secret_in_a_settings_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for said in ({"toml": 'redis_password = "hush"\n'}, {"dotenv": "TOWER_REDIS_PASSWORD=hush\n"}):
        with pytest.raises(SettingError, match="no place in a file") as refused:
            settings(tmp_path, **said)
        assert "hush" not in refused.value.what


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"TOWER_REDIS_PASSWORD_FILE: No such file .* \(got /none\)"):
        settings(tmp_path, TOWER_REDIS_PASSWORD_FILE="/none")


def test_a_settings_file_that_is_not_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"tower\.toml: cannot be read"):
        settings(tmp_path, toml="port 1\n")
