"""Settings: a flag beats the environment (`TOWER_*`), that `.env`, that `tower.toml`, that the default.

Both files are looked for in the folder that one starts in. A key that nobody knows is an error. Secrets come from
the environment alone, as they are or by the name of a file that holds them (`TOWER_REDIS_PASSWORD_FILE`).
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import dotenv
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from tower.errors import SettingError

PREFIX = "TOWER_"


def matching(pattern: str, expected: str) -> AfterValidator:
    """A check that a text is empty or of a form; `expected` is how an error words the form."""

    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(expected)
        return value

    return AfterValidator(check)


Logs = Annotated[str, matching(r"file:.+|kafka://[^/@\s]+:\d+", "expected file:<folder> or kafka://host:port")]
Kafka = Annotated[str, matching(r"kafka://[^/@\s]+:\d+", "expected kafka://host:port")]
Redis = Annotated[str, matching(r"rediss?://[^/@\s]+:\d+/\d+", "expected redis://host:port/db, the password apart")]
Http = Annotated[str, matching(r"https?://[^/@\s]+(:\d+)?/?", "expected http://host:port, the password apart")]
Nets = Annotated[str, matching(r"[0-9a-fA-F.:]+/\d+(,[0-9a-fA-F.:]+/\d+)*", "expected networks by comma, 10.0.0.0/8")]
Host = Annotated[str, matching(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", "expected the name of a host")]
Origins = Annotated[str, matching(r"(https?://[^/@\s,]+)(,https?://[^/@\s,]+)*", "expected https://host, by comma")]


class Settings(BaseModel):
    """What can be set; docs/settings.md says what each is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default=Path("run"), examples=["/srv/tower"])
    logs: Logs = Field(default="", examples=["kafka://host:9092"])
    kafka_in: Kafka = Field(default="", examples=["kafka://host:9092"])
    kafka_gap: Literal["refuse", "accept"] = Field(default="refuse", examples=["refuse"])
    kafka_security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = Field(default="plaintext",
                                                                                      examples=["sasl_ssl"])
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(default="PLAIN", examples=["PLAIN"])
    kafka_ca: str = Field(default="", examples=["/etc/ssl/kafka-ca.pem"])
    kafka_user: str = Field(default="", examples=["tower"])
    kafka_password: SecretStr | None = Field(default=None)
    networks: str = Field(default="", examples=["east,west"])
    redis_url: Redis = Field(default="", examples=["redis://host:6379/0"])
    redis_password: SecretStr | None = Field(default=None)
    clickhouse_url: Http = Field(default="", examples=["http://host:8123"])
    clickhouse_user: str = Field(default="default", examples=["tower"])
    clickhouse_password: SecretStr | None = Field(default=None)
    port: int = Field(default=8080, ge=1, le=65534, examples=[8080])
    host: str = Field(default="127.0.0.1", examples=["127.0.0.1"])
    hub: Host = Field(default="", examples=["hub"])
    hosts: str = Field(default="", examples=["tower.example.com"])
    origins: Origins = Field(default="", examples=["https://screens.example.com"])
    log_format: Literal["text", "json"] = Field(default="text", examples=["json"])
    secrets: str = Field(default="", examples=["/run/secrets"])
    webhook_networks: Nets = Field(default="", examples=["10.1.0.0/16"])


FIELDS = Settings.model_fields


@dataclass(frozen=True, slots=True)
class Told:
    """A value, where it was said (`flag`, `environment`, `.env`, `tower.toml`) and under which name."""

    value: object
    origin: str
    key: str


def load(flags: Mapping[str, object] | None = None) -> Settings:
    """The settings in force; flags that are None were not given. Raises SettingError."""
    return checked(gather(flags))


def gather(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> dict[str, Told]:
    """What was said for each setting by the strongest that said it; raises SettingError for unknown keys."""
    told: dict[str, Told] = {}
    for source in (from_toml(folder or Path()), from_dotenv(folder or Path()), from_environment(environ)):
        told.update(source)
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    return told | {name: Told(value, "flag", f"--{name}") for name, value in given.items() if name in FIELDS}


def checked(told: Mapping[str, Told]) -> Settings:
    """The settings that these make; raises SettingError that names the key, the form and the value."""
    try:
        return Settings.model_validate({name: said.value for name, said in told.items()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise refusal(told[name], name, str(first["msg"])) from None


def refusal(said: Told, name: str, message: str) -> SettingError:
    """The error for a value that cannot be used; a secret's value is not shown."""
    got = "a secret" if secret(name) else said.value
    examples = FIELDS[name].examples or ["..."]
    key = said.key if said.origin in {"flag", "environment"} else f"{said.key} in {said.origin}"
    return SettingError(f"{key}: {message.removeprefix('Value error, ')} (got {got})", f"{said.key}={examples[0]}")


def from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, Told]]:
    """Settings said by `TOWER_*`, secrets also by `TOWER_*_FILE`."""
    for key, value in environ.items():
        name = key.removeprefix(PREFIX).lower()
        if key.startswith(PREFIX) and name.endswith("_file") and secret(name.removesuffix("_file")):
            yield name.removesuffix("_file"), Told(content(key, value), "environment", key)
        elif key.startswith(PREFIX):
            yield known(name, key, "environment"), Told(value, "environment", key)


def from_dotenv(folder: Path) -> Iterator[tuple[str, Told]]:
    """Settings said by `.env`, which may also hold what is not ours."""
    for key, value in dotenv.dotenv_values(folder / ".env").items():
        if key.startswith(PREFIX):
            name = public(known(key.removeprefix(PREFIX).lower(), key, ".env"), ".env")
            yield name, Told(value or "", ".env", key)


def from_toml(folder: Path) -> Iterator[tuple[str, Told]]:
    """Settings said by `tower.toml`, which holds nothing else."""
    path = folder / "tower.toml"
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"tower.toml: cannot be read: {error}", 'lines such as port = 8080, data = "run"') from None
    for key, value in said.items():
        yield public(known(key, key, "tower.toml"), "tower.toml"), Told(value, "tower.toml", key)


def known(name: str, key: str, origin: str) -> str:
    """The name, if it is a setting's; raises SettingError that suggests the nearest."""
    if name in FIELDS:
        return name
    near = difflib.get_close_matches(name, FIELDS, n=1)
    spelt = near[0] if origin == "tower.toml" and near else f"{PREFIX}{near[0].upper()}" if near else ""
    raise SettingError(f"{key}: no such setting (got it from {origin})", spelt or "towerctl config show")


def public(name: str, origin: str) -> str:
    """The name, unless it is a secret's; raises SettingError."""
    if secret(name):
        key = PREFIX + name.upper()
        raise SettingError(f"{name}: a secret has no place in a file of settings (got it from {origin})", f"{key}_FILE")
    return name


def secret(name: str) -> bool:
    """Whether a setting is one that must not be shown or kept."""
    return name in FIELDS and FIELDS[name].annotation == (SecretStr | None)


def content(key: str, path: str) -> str:
    """The secret in a file, without its line end; raises SettingError."""
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingError(f"{key}: {error.strerror} (got {path})", "a file that holds the secret") from None
