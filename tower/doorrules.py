"""Door rules: the columns of the table that says how doors are planned, as policy has it."""

from typing import Final

from tower.fields import count

DOOR_RULES: Final = (
    count("every_min", "doors are looked at so often"), count("stale_min", "so late nothing is proposed"),
    count("near_min", "a plan that differs by less from the one that stands is not told"),
    count("horizon_min", "who is to come later is not looked at"),
    count("patience_min", "who should have come so long ago and has not is not waited for"),
    count("lingers_min", "who should be gone from a door is taken to stay so much longer"),
    count("visits_most", "of a site, that are planned"),
    count("wait_cents", "a minute that a visit is done later than agreed; what its lines lose comes on top"),
    count("switch_cents", "another door than by turn"), count("better_cents", "what saves less is not proposed"),
    count("tries", "moves that the search looks at"), count("crewed_tries", "where a door can wait for a crew"),
    count("pricing_tries", "for what a door more or fewer is worth"),
    count("futures", "that what a plan saves is weighed in"),
    count("work_least_percent", "of what was booked, that work takes in a future"), count("work_most_percent"),
)  # fmt: skip
