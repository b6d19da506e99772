"""What can go wrong, as a tree:

    TowerError
    +-- UsageError        what was asked for does not exist or makes no sense
    +-- SettingError      a setting that cannot be used
    +-- LogError
    |   +-- Fenced        that is not the next number: somebody else wrote, or nobody did
    |   +-- Refused       the log has a writer
    |   +-- Lost          the position is beyond the end: the log was emptied, cut or swapped
    |   +-- Trimmed       the position is before the start
    |   +-- Damaged       bytes that were whole once are not
    |   +-- Full          the disk or the broker takes no more; nothing of the append remains
    +-- Busy              an inbox takes nothing now; the sender keeps it and tries again
    +-- ClockJumped       those who stamp messages say that time has jumped; until someone accepts it
    +-- FormatError       bytes of a version or layout that this build does not know
    +-- Diverged          a replay gave other outcomes than the ones on record

Each carries a fix beside its message, for the command line to print as `Try:`.
"""


class TowerError(Exception):
    """Something that a person can mend: `what` happened and what to `try_` about it."""

    def __init__(self, what: str, try_: str = "") -> None:
        super().__init__(what)
        self.what, self.try_ = what, try_


class UsageError(TowerError):
    """What was asked for does not exist or makes no sense."""


class SettingError(TowerError):
    """A setting that cannot be used."""


class LogError(TowerError):
    """A log refused."""


class Fenced(LogError):
    """That is not the next number."""


class Refused(LogError):
    """The log has a writer."""


class Lost(LogError):
    """The position is beyond the end."""


class Trimmed(LogError):
    """The position is before the start; `first` is the oldest entry that is left."""

    def __init__(self, what: str, first: int, try_: str = "") -> None:
        super().__init__(what, try_)
        self.first = first


class Damaged(LogError):
    """Bytes that were whole once are not."""


class Full(LogError):
    """There is no room; nothing of the append remains."""


class Busy(TowerError):
    """An inbox takes nothing now; the sender keeps it and tries again."""


class ClockJumped(TowerError):
    """Those who stamp messages say that time has jumped; until someone accepts it."""


class FormatError(TowerError):
    """Bytes of a version or layout that this build does not know."""


class Diverged(TowerError):
    """A replay gave other outcomes than the ones on record."""
