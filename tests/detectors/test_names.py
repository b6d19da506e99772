"""Whoever reads of a deviation reads what it is about by name, whatever kind it is of."""

import pytest

import detectors
from tests.determinism.evening import straight
from tests.suites.story import Story, at, event
from tower import ids


@pytest.mark.full
def test_subjects_and_sites_of_a_whole_evening_have_names() -> None:
    held = straight().held
    names = {code for record in (*held.log, *held.outcomes) for code in record.names}
    rows = [row for outcome in held.outcomes for row in outcome.rows("deviations")]
    kinds = {ids.of("deviation", detector.rule.kind): detector.rule.kind for detector in detectors.ALL}
    nameless = {kinds[row["kind"].item()] for row in rows
                for code in (row["subject"].item(), row["site"].item())
                if code != int(ids.UNKNOWN) and code not in names}  # fmt: skip
    assert nameless == set()
    assert len({row["kind"].item() for row in rows}) > 5


def test_a_declared_door_has_a_name_before_any_event_names_it_with_its_site() -> None:
    story = Story()
    said = story.tell(
        0, event("door.declared", -60, door="7", site="A"),
        *(event("visit.booked", -50, visit=v, site="A", window_start=at(0)) for v in ("V1", "V2")),
        *(event("visit.docked", 0, visit=v, door="7") for v in ("V1", "V2")),
    )  # fmt: skip
    names = dict(said.names)
    said = story.wait(6)
    about = [names[row["subject"].item()] for row in said.rows("deviations")]
    assert about == ["A/7"]
