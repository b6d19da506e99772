"""What happens depends on the plan and on nothing else: not on steps, restarts or forks."""

import numpy as np
import pytest

from simulators.world import rows, tell
from simulators.world.draws import plain_unit
from simulators.world.rows import HOUR, MINUTE
from simulators.world.world import Network, World
from tests.simulators.world import small
from tower.errors import FormatError
from tower.events import NUMBER


@pytest.fixture(scope="module")
def network() -> Network:
    return small.network()


@pytest.fixture(scope="module")
def played(network: Network) -> tuple[World, np.ndarray, np.ndarray]:
    """A world at its end, what it told, what was decided."""
    world = World(network)
    return world, *small.play(world, small.clerk(network))


def of(told: np.ndarray, kind: str) -> np.ndarray:
    return told[told[:, 1] == NUMBER[kind]]


def in_steps(network: Network, decided: np.ndarray, step: int, start: int, end: int) -> tuple[bytes, bytes]:
    world = World(network)
    world.decide(decided)
    world.advance(start)
    told = [world.advance(moment) for moment in range(start + step, end + 1, step)]
    return np.concatenate(told).tobytes(), world.to_bytes()


def test_everything_happens_in_the_small_world(played: tuple[World, np.ndarray, np.ndarray]) -> None:
    kinds = set(played[1][:, 1].tolist())
    words = {name: value for name, value in vars(tell).items() if name.startswith(("LINE", "STOCK", "VISIT"))}
    assert {name for name, value in words.items() if value not in kinds} == {"LINE_HELD"}


def test_one_go_minutes_and_seconds_tell_the_same_bytes(
    network: Network, played: tuple[World, np.ndarray, np.ndarray]
) -> None:
    _, told, decided = played
    whole = in_steps(network, decided, small.END, 0, small.END)
    assert whole == in_steps(network, decided, MINUTE, 0, small.END)
    assert whole[0] == told[told[:, 0] > 0].tobytes()
    part = 12 * HOUR, 15 * HOUR
    assert in_steps(network, decided, 3 * HOUR, *part) == in_steps(network, decided, 1000, *part)


def test_a_restored_world_goes_on_as_if_nothing_had_happened(network: Network) -> None:
    first, clerk = World(network), small.clerk(network)
    for stop in (7 * HOUR + 777, 20 * HOUR + 1, 33 * HOUR):
        small.play(first, clerk, stop)
        second = World(network).from_bytes(first.to_bytes())
        assert second.to_bytes() == first.to_bytes()
        assert small.play(second, clerk)[0].tobytes() == small.play(first.fork(), clerk)[0].tobytes()


def test_a_fork_with_the_same_plan_tells_the_same_and_leaves_its_origin_alone(network: Network) -> None:
    world, clerk = World(network), small.clerk(network)
    small.play(world, clerk, 15 * HOUR)
    before, fork = world.to_bytes(), world.fork()
    told = small.play(fork, clerk)[0]
    assert world.to_bytes() == before
    assert small.play(world, clerk)[0].tobytes() == told.tobytes()
    assert world.to_bytes() == fork.to_bytes()


def test_another_plan_changes_nothing_that_it_does_not_touch(
    network: Network, played: tuple[World, np.ndarray, np.ndarray]
) -> None:
    _, told, decided = played
    line = int(decided[40, 2])
    other = World(network)
    other.decide(decided[decided[:, 2] != line])
    changed = other.advance(small.END)
    assert line not in of(changed, "line.booked")[:, 2]
    for kind in ("visit.arrived", "visit.docked", "visit.finished"):
        assert of(told, kind).tobytes() == of(changed, kind).tobytes()
    was, is_ = ({(a, t) for t, _, a, *_ in of(rows_, "line.picked").tolist()} for rows_ in (told, changed))
    assert len(was - is_) < 0.2 * len(was)


def test_bytes_of_something_else_are_refused(network: Network) -> None:
    with pytest.raises(FormatError, match="a world starts with"):
        World(network).from_bytes(b"nonsense" * 9)
    with pytest.raises(FormatError, match="300 lines for a world of 10"):
        World(small.network(lines=10)).from_bytes(World(network).to_bytes())


def test_a_decision_that_comes_late_is_carried_out_now(network: Network) -> None:
    world = World(network)
    world.advance(9 * HOUR)
    world.decide(np.array([[0, rows.ASSIGN, i, g, 0] for i in range(40) for g in range(48)], "i8"))
    booked = of(world.advance(9 * HOUR), "line.booked")
    assert booked.size
    assert (booked[:, 0] == 9 * HOUR).all()


def test_what_left_the_shelves_is_what_lines_took(played: tuple[World, np.ndarray, np.ndarray]) -> None:
    world, told, _ = played
    on_hand = world.network.on_hand.astype("i8")
    moves = np.concatenate([of(told, "stock.moved"), of(told, "stock.adjusted")])
    np.add.at(on_hand, (moves[:, 3], world.network.ordered["sku"][moves[:, 2]]), moves[:, 4])
    assert np.array_equal(on_hand, world.w.stock["on_hand"])
    assert (on_hand >= 0).all()


def test_every_door_serves_one_visit_at_a_time(played: tuple[World, np.ndarray, np.ndarray]) -> None:
    world, told, _ = played
    taken: dict[tuple[int, int], int] = {}
    origin = world.network.offered["origin"].tolist()
    spots = {v: (origin[v >> 2], d) for _, _, v, d, _ in of(told, "visit.docked").tolist()}
    for _, kind, visit, *_ in told.tolist():
        if kind == NUMBER["visit.docked"]:
            assert taken.setdefault(spots[visit], visit) == visit
        elif kind == NUMBER["visit.finished"]:
            del taken[spots[visit]]
    assert max(d for _, d in spots.values()) == 1


def test_a_cancelled_leg_strands_its_lines_once_and_they_are_booked_again(
    played: tuple[World, np.ndarray, np.ndarray],
) -> None:
    _, told, _ = played
    failed = of(told, "line.failed")
    stranded = failed[failed[:, 3] == rows.LEG_CANCELLED]
    assert stranded.size
    assert len({(line, leg) for _, _, line, _, leg in stranded.tolist()}) == len(stranded)
    again = of(told, "line.booked")
    assert any(((again[:, 2] == line) & (again[:, 0] >= at)).any() for at, _, line, *_ in stranded.tolist())


def test_a_line_that_its_customer_takes_back_in_time_goes_nowhere(
    network: Network, played: tuple[World, np.ndarray, np.ndarray]
) -> None:
    world, told, _ = played
    dead = np.flatnonzero(world.w.lines["state"] == rows.DEAD)
    assert dead.size
    assert not np.isin(of(told, "line.shipped")[:, 2], dead).any()


def test_a_line_taken_off_its_leg_is_held_and_its_goods_are_free_again(network: Network) -> None:
    world, clerk = World(network), small.clerk(network)
    small.play(world, clerk, 10 * HOUR)
    line = int(np.flatnonzero(world.w.lines["state"] == rows.BOOKED)[0])
    leg, want = int(world.w.lines["leg"][line]), network.ordered[line]
    shelf = network.offered["origin"][leg], want["sku"]
    free, used = int(world.w.stock["free"][shelf]), int(world.w.legs["used"][leg])
    world.decide(np.array([[0, rows.UNASSIGN, line, 0, 0]]))
    assert of(world.advance(world.now), "line.held")[:, 2].tolist() == [line]
    assert world.w.stock["free"][shelf] == free + want["quantity"]
    assert world.w.legs["used"][leg] == used - 1


def test_a_visit_stands_at_the_door_that_is_decided_if_that_is_free(network: Network) -> None:
    world = World(network)
    world.decide(np.array([[1, rows.DOCK, 0, 1, int(network.starts[0])]]))
    docked = of(world.advance(small.END), "visit.docked")
    assert docked[docked[:, 2] == 0][0, 3] == 1


def test_no_plan_however_wild_breaks_what_holds(network: Network) -> None:
    world, lines, legs = World(network), len(network.ordered), len(network.offered)
    for n, moment in enumerate(range(0, small.END, HOUR)):
        draw = [(int(lines * plain_unit(n, 1, k)), int(legs * plain_unit(n, 2, k))) for k in range(200)]
        kinds = [rows.ASSIGN if plain_unit(n, 3, k) < 0.8 else rows.UNASSIGN for k in range(200)]
        world.decide(np.array([[moment, kind, i, g, 0] for kind, (i, g) in zip(kinds, draw, strict=True)]))
        world.advance(moment)
        holds(world)


def holds(world: World) -> None:
    """No leg over its room, no shelf below nothing, every line in the chain of its leg and in no other."""
    w = world.w
    used = np.bincount(w.lines["leg"][w.lines["leg"] >= 0], minlength=len(w.legs))
    assert np.array_equal(used, w.legs["used"])
    assert (w.legs["used"] <= w.offered["room"]).all()
    assert (w.stock["on_hand"] >= 0).all()
    chained = []
    for g, head in enumerate(w.legs["head"].tolist()):
        i = head
        while i >= 0:
            assert w.lines["leg"][i] == g
            chained.append(i)
            i = int(w.lines["next"][i])
    assert sorted(chained) == np.flatnonzero(w.lines["leg"] >= 0).tolist()
