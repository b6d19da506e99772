"""A Kafka that wants TLS and a sign-in is spoken with as the settings say, by logs, inputs and alerts."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import Producer
from pydantic import SecretStr

from sinks.webhooks.outbox import Message
from sinks.webhooks.topic import Topics
from streams import ingest, names
from streams.topics_in import TopicsIn
from tests.kafka_broker.broker import Broker, Secured
from tests.kafka_broker.jars import missing
from tests.suites.small_world import deliver, envelopes, legs, run
from tower.errors import LogError, SettingError
from tower.logs import kafka_security, kafka_topics, urls
from tower.logs.kafka import create_topics
from tower.settings import Settings

USER, PASSWORD = "tower", "hush-hush"
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


def test_plain_text_needs_nothing() -> None:
    assert kafka_security.said(Settings(kafka_user="tower", kafka_password=SecretStr("x"))) == {}


def test_tls_alone_needs_no_user(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    told = kafka_security.said(Settings(kafka_security="ssl", kafka_ca=str(ca), kafka_user="tower"))
    assert told == {"security.protocol": "ssl", "ssl.ca.location": str(ca)}


def test_a_sign_in_is_told_whole() -> None:
    told = Settings(kafka_security="sasl_ssl", kafka_mechanism="SCRAM-SHA-512", kafka_user=USER,
                    kafka_password=SecretStr(PASSWORD))  # fmt: skip
    assert kafka_security.said(told) == {
        "security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": USER,
        "sasl.password": PASSWORD,
    }  # fmt: skip


@pytest.mark.parametrize(("told", "why"), [
    ({"kafka_user": "tower"}, r"needs a user and a password \(got user 'tower', no password\)"),
    ({"kafka_password": SecretStr("hush")}, r"\(got user '', a password\)"),
    ({"kafka_user": "tower", "kafka_password": SecretStr("hush"), "kafka_ca": "/no/where"},
     r"kafka_ca: No such file or directory \(got /no/where\)"),
])  # fmt: skip
def test_what_is_missing_is_named_and_no_secret_is_shown(told: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingError, match=why) as refused:
        kafka_security.said(Settings(kafka_security="sasl_ssl", **told))
    assert "hush" not in f"{refused.value}"


def secured(folder: Path, protocol: str) -> Secured:
    """A node that lets `tower` in by its password, with a certificate of its own where the protocol has TLS."""
    users = f'{LOGIN} username="admin" password="{PASSWORD}" user_admin="{PASSWORD}" user_{USER}="{PASSWORD}";'
    node = {"sasl.enabled.mechanisms": "PLAIN", "sasl.mechanism.inter.broker.protocol": "PLAIN",
            f"listener.name.{protocol.lower()}.plain.sasl.jaas.config": users}  # fmt: skip
    client = {"security.protocol": protocol.lower(), "sasl.mechanism": "PLAIN", "sasl.username": USER,
              "sasl.password": PASSWORD}  # fmt: skip
    if protocol == "SASL_SSL":
        certificate(folder)
        node |= {"ssl.keystore.location": str(folder / "keys.p12"), "ssl.keystore.password": PASSWORD,
                 "ssl.truststore.location": str(folder / "keys.p12"), "ssl.truststore.password": PASSWORD}  # fmt: skip
        client |= {"ssl.ca.location": str(folder / "ca.pem")}
    return Secured(protocol, node, client)


def certificate(folder: Path) -> None:
    """A key pair of the node's, and its certificate."""
    store = ["-alias", "node", "-keystore", str(folder / "keys.p12"), "-storetype", "PKCS12", "-storepass", PASSWORD]
    made = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1", "-validity", "30"]
    for words in (made, ["-exportcert", "-rfc", "-file", str(folder / "ca.pem")]):
        subprocess.run(["keytool", words[0], *store, *words[1:]], check=True, capture_output=True)


@pytest.fixture(scope="module", params=["SASL_PLAINTEXT", "SASL_SSL"])
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Kafka that asks who one is."""
    if lacking := missing():
        pytest.skip(f"no {' and no '.join(lacking)}: no Kafka to test with")
    with Broker(secured(tmp_path_factory.mktemp("kafka"), request.param)) as broker:
        yield broker


@pytest.fixture
def signed_in(guarded: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The settings that this Kafka wants, in the environment."""
    client = guarded.secured.client
    monkeypatch.setenv("TOWER_KAFKA_SECURITY", client["security.protocol"])
    monkeypatch.setenv("TOWER_KAFKA_CA", client.get("ssl.ca.location", ""))
    monkeypatch.setenv("TOWER_KAFKA_USER", USER)
    monkeypatch.setenv("TOWER_KAFKA_PASSWORD", PASSWORD)
    kafka_security.security.cache_clear()
    yield monkeypatch
    kafka_security.security.cache_clear()


@pytest.mark.full
@pytest.mark.xdist_group("kafka")
@pytest.mark.usefixtures("signed_in")
def test_logs_inputs_and_alerts_go_through_it(guarded: Broker) -> None:
    root = f"kafka://{guarded.bootstrap}"
    deliver(root, "east", envelopes(legs(3)))
    run(ingest.over(root, ["east"], ends=True))
    assert urls.reader(names.log(root, "east")).last()[0] > 0
    assert names.networks(root) == ["east"]
    told = Message("msg_1", "bus", "tower.deviation.opened", orjson.dumps({"subject": "#1"}))
    assert Topics(guarded.bootstrap)("tower.alerts", told).status == 200
    create_topics(guarded.bootstrap, ["tower.in.dock"], 1)
    producer = Producer({**guarded.secured.client, "bootstrap.servers": guarded.bootstrap})
    producer.produce("tower.in.dock", b"{}")
    assert producer.flush(30) == 0
    inputs = TopicsIn(guarded.bootstrap, lambda _topic, _partition: 0, None)
    assert [message.data for _ in range(100) for message in inputs.read(0.1)] == [b"{}"]
    inputs.close()


@pytest.mark.full
@pytest.mark.xdist_group("kafka")
def test_a_wrong_password_is_an_error_that_says_where_to_look(guarded: Broker, signed_in: pytest.MonkeyPatch) -> None:
    signed_in.setenv("TOWER_KAFKA_PASSWORD", "guessed")
    signed_in.setattr(kafka_topics, "CONNECT_S", 1.0)
    kafka_security.security.cache_clear()
    with pytest.raises(LogError) as refused:
        names.prepare(f"kafka://{guarded.bootstrap}", "west")
    assert "kafka_security" in refused.value.try_
    assert "guessed" not in f"{refused.value}"
