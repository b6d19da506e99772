"""Fixes: what to send instead of what the types of a route found wrong, in a few words."""

from collections.abc import Mapping
from typing import Any, Final

FIXES: Final = {
    "missing": "send {field}",
    "extra_forbidden": "leave {field} out",
    "json_invalid": "send JSON, as Content-Type says",
    "string_type": "{field} is text, in quotes",
    "string_too_long": "{field} with at most {max_length} characters",
    "string_too_short": "{field} with at least {min_length} characters",
    "string_pattern_mismatch": "{field} that matches {pattern}",
    "int_type": "{field} is a whole number",
    "int_parsing": "{field} is a whole number, like 100",
    "int_from_float": "{field} is a whole number",
    "float_type": "{field} is a number",
    "float_parsing": "{field} is a number, like 1.5",
    "finite_number": "{field} is a number that ends",
    "bool_type": "{field} is true or false",
    "bool_parsing": "{field} is true or false",
    "greater_than": "{field} above {gt}",
    "greater_than_equal": "{field} of {ge} or more",
    "less_than": "{field} below {lt}",
    "less_than_equal": "{field} of {le} or less",
    "list_type": "{field} is a list, in square brackets",
    "too_long": "{field} with at most {max_length}",
    "too_short": "{field} with at least {min_length}",
    "literal_error": "{field} is {expected}",
    "enum": "{field} is {expected}",
    "dict_type": "{field} is an object, in curly brackets",
    "model_type": "{field} is an object, in curly brackets",
    "model_attributes_type": "{field} is an object, in curly brackets",
}
"""By pydantic's name of a fault; in braces what it found out, and `field`."""
SCHEMA: Final = "GET /openapi.json says what {field} may be"


def fix_of(field: str, kind: str, found: Mapping[str, Any]) -> str:
    """What to send, for a field, pydantic's name of what is wrong with it and what it found out."""
    wanted = FIXES.get(kind, SCHEMA)
    try:
        return wanted.format(field=field, **{name: value for name, value in found.items() if name != "field"})
    except KeyError:  # another release of pydantic tells other things
        return SCHEMA.format(field=field)
