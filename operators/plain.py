"""Things whose registers are all there is to say of them: labour, tenders, transfers, trailers, charges, alerts."""

from typing import ClassVar

from operators.registers import Registers
from operators.work import Work
from tower.outcomes import kinds_of
from tower.table import find, kernel


class Labour(Registers):
    """Table `labour`: heads rostered and present, per site and team."""

    families: ClassVar = ("labour_report",)
    publishes: ClassVar = ("labour",)
    kinds: ClassVar = kinds_of("labour_report")

    def settle(self, work: Work) -> None:
        """Say which site and team a row is."""
        rows = work.rows("labour_report")
        name_pair(rows, rows["site"], rows["team"], work.heads, work.ok, self.things.t, self.things.t.rows["site"],
                  self.things.t.rows["team"])  # fmt: skip


class Trailers(Registers):
    """Table `trailers`: where each was last spotted or pulled, per site."""

    families: ClassVar = ("trailer_note",)
    publishes: ClassVar = ("trailers",)
    kinds: ClassVar = kinds_of("trailer_note")

    def settle(self, work: Work) -> None:
        """Say which site and trailer a row is."""
        rows = work.rows("trailer_note")
        name_pair(rows, rows["site"], rows["trailer"], work.heads, work.ok, self.things.t, self.things.t.rows["site"],
                  self.things.t.rows["trailer"])  # fmt: skip


class Charges(Registers):
    """Table `charges`: what carriers claim, per leg and visit."""

    families: ClassVar = ("charge",)
    publishes: ClassVar = ("charges",)
    kinds: ClassVar = kinds_of("charge")

    def settle(self, work: Work) -> None:
        """Say which leg and visit a row is."""
        rows = work.rows("charge")
        name_pair(rows, rows["leg"], rows["visit"], work.heads, work.ok, self.things.t, self.things.t.rows["leg"],
                  self.things.t.rows["visit"])  # fmt: skip


class Tenders(Registers):
    """Table `tenders`: offers of freight and what came of them."""

    families: ClassVar = ("tender",)
    publishes: ClassVar = ("tenders",)
    kinds: ClassVar = kinds_of("tender")


class Transfers(Registers):
    """Table `transfers`: stock on its way from site to site."""

    families: ClassVar = ("transfer",)
    publishes: ClassVar = ("transfers",)
    kinds: ClassVar = kinds_of("transfer")


class WeatherAlerts(Registers):
    """Table `weather_alerts`: warnings of a weather service, per area."""

    families: ClassVar = ("weather_alert",)
    publishes: ClassVar = ("weather_alerts",)
    kinds: ClassVar = kinds_of("weather_alert")


@kernel
def name_pair(rows, first, second, heads, ok, t, into_first, into_second):
    """Write what two ids name together beside the pair's key. Columns come apart from their rows, for any table."""
    for j in range(rows.size):
        h = heads[rows[j].event]
        if ok[rows[j].event]:
            i = find(t, h.subject)
            into_first[i], into_second[i] = first[j], second[j]
