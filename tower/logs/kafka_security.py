"""Security: how this process is let in by a Kafka, from the settings: TLS and SASL as librdkafka names them.

It is the same for every Kafka that a process speaks with: the one of its logs, of its inputs and of alerts.
"""

from functools import cache
from pathlib import Path
from typing import Final

from tower import settings
from tower.errors import SettingError
from tower.settings import Settings

SIGNED_IN: Final = ("sasl_plaintext", "sasl_ssl")


@cache
def security() -> dict[str, str]:
    """What every client is told beside its bootstrap servers; {} for plain text. Raises SettingError."""
    return said(settings.load())


def said(told: Settings) -> dict[str, str]:
    """The same of these settings."""
    if told.kafka_security == "plaintext":
        return {}
    found: dict[str, str] = {"security.protocol": told.kafka_security}
    if told.kafka_ca:
        found["ssl.ca.location"] = readable(told.kafka_ca)
    return found | signed_in(told) if told.kafka_security in SIGNED_IN else found


def signed_in(told: Settings) -> dict[str, str]:
    """User and password. Raises SettingError if either is missing."""
    password = told.kafka_password.get_secret_value() if told.kafka_password else ""
    if not (told.kafka_user and password):
        raise SettingError(f"kafka_security: {told.kafka_security} needs a user and a password "
                           f"(got user {told.kafka_user!r}, {'a' if password else 'no'} password)",
                           "TOWER_KAFKA_USER=tower TOWER_KAFKA_PASSWORD_FILE=/run/secrets/kafka")  # fmt: skip
    return {"sasl.mechanism": told.kafka_mechanism, "sasl.username": told.kafka_user, "sasl.password": password}


def readable(path: str) -> str:
    """The path of a file that can be read; raises SettingError."""
    try:
        Path(path).open("rb").close()
    except OSError as error:
        raise SettingError(f"kafka_ca: {error.strerror} (got {path})", "a file of certificates, PEM") from None
    return path
