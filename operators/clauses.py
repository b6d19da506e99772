"""Clauses: parts of a policy document, read strictly: what cannot hold is refused by the clause's name."""


class Unfit(ValueError):
    """Why a policy is refused, by clause."""


def whole(said: object, name: str, least: int, most: int) -> int:
    """A whole number between these; raises Unfit."""
    if type(said) is not int or not least <= said <= most:
        raise Unfit(f"clause {name}: not a whole number from {least:,} to {most:,} (got {brief(said)})")
    return said


def share(said: object, name: str) -> float:
    """A part of one; raises Unfit."""
    if type(said) not in (int, float) or not 0 <= said <= 1:  # type: ignore[operator]
        raise Unfit(f"clause {name}: not between 0 and 1 (got {brief(said)})")
    return float(said)  # type: ignore[arg-type]


def word(said: object, name: str, words: tuple[str, ...]) -> int:
    """The place of one of a few words; raises Unfit."""
    if said not in words:
        raise Unfit(f"clause {name}: not one of {', '.join(words)} (got {brief(said)})")
    return words.index(str(said))


def part(said: object, name: str) -> dict[str, object]:
    """An object; raises Unfit."""
    if not isinstance(said, dict):
        raise Unfit(f"clause {name}: not an object")
    return said


def brief(said: object) -> str:
    """A bad value in few words."""
    return {dict: "an object", list: "a list", type(None): "nothing"}.get(type(said)) or repr(said)[:40]
