"""Places: where sites are that the sets' lists of airports lack, from their public aeronautical data."""

from typing import Final

from simulators.scenarios.sources.said import Facts

PUERTO_RICO: Final = "America/Puerto_Rico"
UNLISTED: Final[dict[str, Facts]] = {
    "BQN": {"name": "Rafael Hernandez", "lat": 18.4949, "lon": -67.1294, "tz": PUERTO_RICO},
    "PSE": {"name": "Mercedita", "lat": 18.0083, "lon": -66.5630, "tz": PUERTO_RICO},
    "SJU": {"name": "Luis Munoz Marin Intl", "lat": 18.4394, "lon": -66.0018, "tz": PUERTO_RICO},
    "STT": {"name": "Cyril E King", "lat": 18.3373, "lon": -64.9734, "tz": "America/St_Thomas"},
    "STX": {"name": "Henry E Rohlsen", "lat": 17.7019, "lon": -64.7986, "tz": "America/St_Thomas"},
}
