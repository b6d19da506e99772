"""A broker to try things with: `python -m tests.kafka_broker` prints its address and runs until its input ends."""

import sys

from tests.kafka_broker.broker import Broker

with Broker() as broker:
    print(broker.bootstrap, flush=True)
    sys.stdin.read()
