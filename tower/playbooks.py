"""Playbooks: the columns of what was better in a what-if, by name."""

from tower.fields import Field, code, count, delta, digest, id_of, text, time


def columns(causes: tuple[str, ...], options: tuple[str, ...]) -> tuple[Field, ...]:
    """Of which incidents it is, which option it would choose, what that was worth and who says so."""
    return (
        id_of("playbook", doc="its name"), count("version", "the highest counts"), text("title"),
        code("cause", *causes, doc="of the incidents that it is for"), id_of("site", doc="of those; none: any"),
        code("option", *options), delta("net_cents", "of the network; below nothing: it saves"),
        delta("net_low_cents", "its interval at 95 %"), delta("net_high_cents"), count("runs", "pairs of runs"),
        text("run", "that what-if"), count("retired", "1: it is suggested no more"), time("at"),
        id_of("person", "by"), digest("event"), digest("content"),
    )  # fmt: skip
