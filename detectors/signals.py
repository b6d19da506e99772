"""Signals: what detectors raise about the rows they look at, and the judge judges."""

from typing import Final

import numpy as np

from tower.table import emit, kernel

SIGNAL: Final = np.dtype([("rule", "<u2"), ("subject", "<u8"), ("site", "<u8"), ("since", "<i8"), ("value", "<f8"),
                          ("act_by", "<i8"), ("evidence", "<i8"), ("risk", "<i8")])  # fmt: skip


@kernel
def signal(signals, rule, subject, site, since, value, act_by, evidence, risk):
    """Say how a subject stands: value below the rule's `down`, or NaN, is all clear."""
    s = signals.rows[emit(signals)]
    s.rule, s.subject, s.site, s.since, s.value = rule, subject, site, since, value
    s.act_by, s.evidence, s.risk = act_by, evidence, risk
