"""Parts of the world: where proxies stand, and which of them are near a user's country.

Nearness is coarse on purpose. Within one area load decides, so that the nearest city does not fill
up while the next one idles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Final

Area = int
"""A number of ``AREAS``, counted from 1; ``NOWHERE`` for a proxy of which no place is known."""
NOWHERE: Final = 0
NEAREST: Final = 2
"""How many areas are as good as the nearest one, itself included."""
NEAR: Final = 6
"""How many areas go before the whole world."""
EVERYWHERE: Final = 31
"""The number under which the sites of all areas stand once more (``proxies/head_site``)."""


@dataclass(frozen=True, slots=True)
class _Region:
    """An area: about its middle, in degrees, and the countries that belong to it."""

    latitude: float
    longitude: float
    countries: frozenset[str]


def _region(latitude: float, longitude: float, countries: str) -> _Region:
    return _Region(latitude, longitude, frozenset(countries.split()))


AREAS: Final = (
    _region(49, 6, "AD AT BE CH DE ES FR GB GG GI IE IM JE LI LU MC NL PT"),
    _region(62, 18, "AX DK EE FI FO GL IS LT LV NO SE SJ"),
    _region(43, 19, "AL BA BG CY CZ GR HR HU IT ME MK MT PL RO RS SI SK SM VA XK"),
    _region(55, 40, "AM AZ BY GE MD RU UA"),
    _region(42, 66, "AF KG KZ MN TJ TM UZ"),
    _region(31, 45, "AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE"),
    _region(22, 78, "BD BT IN IO LK MV NP PK"),
    _region(36, 118, "CN HK JP KP KR MO TW"),
    _region(5, 108, "BN CC CX ID KH LA MM MY PH SG TH TL VN"),
    _region(
        -30,
        155,
        "AS AU CK FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    ),
    _region(41, -88, "BM CA PM US"),
    _region(
        16,
        -82,
        "AG AI AW BB BL BQ BS BZ CR CU CW DM DO GD GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PR SV "
        "SX TC TT VC VG VI",
    ),
    _region(-18, -58, "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    _region(29, 12, "DZ EG EH LY MA SD TN"),
    _region(8, 2, "AO BF BJ CD CF CG CI CM CV GA GH GM GN GQ GW LR ML MR NE NG SH SL SN ST TD TG"),
    _region(
        -10,
        34,
        "BI BW DJ ER ET KE KM LS MG MU MW MZ NA RE RW SC SO SS SZ TF TZ UG YT ZA ZM ZW",
    ),
)
"""Every country of ISO 3166 but Antarctica, each in one area."""


def area_of(country_code: str, latitude: float = 0.0, longitude: float = 0.0) -> Area:
    """The area of a proxy: its country's, or that of its coordinates, or ``NOWHERE``."""
    for number, region in enumerate(AREAS, 1):
        if country_code in region.countries:
            return number
    if not (latitude or longitude):
        return NOWHERE
    return _by_distance(latitude, longitude)[0]


@cache
def areas_near(country_code: str) -> Sequence[Sequence[Area]]:
    """Areas in groups, the nearest to a country first, and then the world; or at once the world.

    The areas of a group are as good as each other.
    """
    home = area_of(country_code)
    if home == NOWHERE:
        return ((EVERYWHERE,),)
    middle = AREAS[home - 1]
    ordered = _by_distance(middle.latitude, middle.longitude)
    return (ordered[:NEAREST], ordered[NEAREST:NEAR], (EVERYWHERE,))


def _by_distance(latitude: float, longitude: float) -> tuple[Area, ...]:
    distances = [
        (_degrees_apart(latitude, longitude, region.latitude, region.longitude), number)
        for number, region in enumerate(AREAS, 1)
    ]
    return tuple(number for _, number in sorted(distances))


def _degrees_apart(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The angle between two points of the globe, by the haversine formula (radians)."""
    half_lat = radians(other_lat - lat) / 2
    half_lon = radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * asin(sqrt(min(chord, 1.0)))
