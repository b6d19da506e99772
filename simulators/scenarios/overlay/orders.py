"""Orders of the overlay: where each customer's goods go, how urgent they are, and what was promised."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np

from simulators.scenarios.draw import gauss, unit

EXPRESS, STANDARD, ECONOMY = range(3)
PROMISE_H: Final = (30, 48, 72)
"""By priority."""
FEE: Final = (2500, 1200, 800)
RATE: Final = (400, 120, 60)
"""Cents for a late line, and for each hour that it is late, by priority."""
SPREAD: Final = 0.08
PARTY: Final = 30
"""A customer has one ship-to for each 30 lines of an invoice: big buyers have several."""
SMALLEST_SITE: Final = 60
DAYS: Final = 5


def parties(invoices: list[str], skus: list[str], customers: list[int]) -> list[str]:
    """Who gets each line: a customer's n-th ship-to, or an anonymous basket of one invoice and sku."""
    seen: Counter[str] = Counter()
    found = []
    for invoice, sku, customer in zip(invoices, skus, customers, strict=True):
        found.append(f"A{invoice}/{sku}" if customer < 0 else f"{customer}#{seen[invoice] // PARTY}")
        seen[invoice] += 1
    return found


def priority(seed: int, names: set[str]) -> dict[str, int]:
    """15 % of parties buy express, 60 % standard, 25 % economy."""
    draws = {name: unit(seed, "prio", name) for name in names}
    return {name: EXPRESS if u < 0.15 else STANDARD if u < 0.75 else ECONOMY for name, u in draws.items()}


def ship_to(seed: int, party: list[str], invoices: list[str], loads: Mapping[str, int]) -> dict[str, str]:
    """The site of each party, so that demand follows what the legs can carry (`loads` of five days by site).

    Anonymous baskets are spread by chance; customers go, the largest first, to the site with most left that can carry
    three times their largest invoice in a day.
    """
    sites = [s for s in sorted(loads) if loads[s] >= SMALLEST_SITE]
    daily = np.array([loads[s] / DAYS for s in sites])
    share = daily * DAYS * np.exp([SPREAD * gauss(seed, "dmd", s) for s in sites])
    left = share * (len(party) / share.sum())
    sizes = sorted(Counter(party).items(), key=lambda item: (-item[1], item[0]))
    found = _baskets(seed, [s for s in sizes if s[0][0] == "A"], left)
    found |= _customers(seed, [s for s in sizes if s[0][0] != "A"], _biggest(party, invoices), left, daily)
    return {name: sites[j] for name, j in found.items()}


def _baskets(seed: int, sizes: list[tuple[str, int]], left: np.ndarray) -> dict[str, int]:
    bounds = left.cumsum() / left.sum()
    found = {}
    for name, n in sizes:
        j = int(np.searchsorted(bounds, unit(seed, "site", name)))
        left[j] -= n
        found[name] = j
    return found


def _customers(
    seed: int, sizes: list[tuple[str, int]], biggest: dict[str, int], left: np.ndarray, daily: np.ndarray
) -> dict[str, int]:
    found = {}
    for name, n in sizes:
        fits = daily >= 3 * biggest[name]
        wish = left * (0.5 + unit(seed, "c", name)) if n <= 40 else left
        j = int(np.where(fits, wish, -1e9).argmax()) if fits.any() else int(left.argmax())
        left[j] -= n
        found[name] = j
    return found


def _biggest(party: list[str], invoices: list[str]) -> dict[str, int]:
    """Lines of each party's largest invoice."""
    most: dict[str, int] = {}
    for (name, _), n in Counter(zip(party, invoices, strict=True)).items():
        most[name] = max(n, most.get(name, 0))
    return most
