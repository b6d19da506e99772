"""Webhooks: alerts as Standard Webhooks 1.0, and as CloudEvents on a topic, from an outbox that survives kills."""
