"""Data caps of free devices, in the form that proxies of 2021 and later obey.

Country or ``default`` -> platform or ``default`` -> list of caps. Which of them a device meets:
``docs/proxy-protocol.md``, "Data caps".
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from lantern_pro.errors import InvalidParameter
from proxies import usage

RESETS: Final = ("daily", "weekly", "monthly", "legacy")
NEEDED: Final = frozenset({"label", "threshold", "rate", "capResets"})
OPTIONAL: Final = frozenset({"appName", "deviceFloor", "deviceCeil"})
_COUNTRY: Final = re.compile(r"default|[a-z]{2}")
_PLATFORM: Final = re.compile(r"default|[a-z]{1,20}")
_MOST_BYTES: Final = 1 << 50


def set_data_caps(text: str) -> None:
    """Set the caps of all free proxies. Raises ``InvalidParameter``, which says where and why.

    An empty object lifts all caps. (Without the key proxies would keep the last that they read.)
    """
    read = checked(text)
    for platforms in read.values():
        for caps in platforms.values():
            for cap in caps:  # proxies take a ceiling that is not said for 0
                cap.setdefault("deviceFloor", 0)
                cap.setdefault("deviceCeil", 1)
    usage.set_caps(json.dumps(read, sort_keys=True))


def checked(text: str) -> Mapping[str, Any]:
    """Read caps and hold them to the form."""
    try:
        read = json.loads(text)
    except ValueError as error:
        raise InvalidParameter(f"This is no JSON: {error}.", field="caps") from error
    for country, platforms in _object(read, "caps").items():
        where = f"caps.{country}"
        if not _COUNTRY.fullmatch(country):
            _refuse(where, "A country is two lower-case letters, or default.")
        for platform, caps in _object(platforms, where).items():
            _check_list(caps, f"{where}.{platform}", platform)
    found: Mapping[str, Any] = read
    return found


def _check_list(caps: object, where: str, platform: str) -> None:
    if not _PLATFORM.fullmatch(platform):
        _refuse(where, "A platform is a word in lower case, such as android, or default.")
    if not isinstance(caps, Sequence) or isinstance(caps, str) or not caps:
        _refuse(where, "A platform has a list of at least one cap.")
    for number, cap in enumerate(caps):
        _check_cap(_object(cap, f"{where}[{number}]"), f"{where}[{number}]")


def _check_cap(cap: Mapping[str, object], where: str) -> None:
    missing, unknown = NEEDED - cap.keys(), cap.keys() - NEEDED - OPTIONAL
    if missing or unknown:
        _refuse(where, f"Missing: {sorted(missing)}; unknown: {sorted(unknown)}.")
    for name in ("label", "appName"):
        if not isinstance(cap.get(name, "x"), str) or cap.get(name, "x") == "":
            _refuse(f"{where}.{name}", "It must be a text.")
    for name in ("threshold", "rate"):
        value = cap[name]
        if type(value) is not int or not 0 < value <= _MOST_BYTES:
            _refuse(f"{where}.{name}", "It must be a whole number of bytes above 0.")
    if cap["capResets"] not in RESETS:
        _refuse(f"{where}.capResets", f"It must be one of {', '.join(RESETS)}.")
    floor, ceil = cap.get("deviceFloor", 0), cap.get("deviceCeil", 1)
    if not (_is_share(floor) and _is_share(ceil) and floor < ceil):  # type: ignore[operator]
        _refuse(f"{where}.deviceFloor", "0 <= deviceFloor < deviceCeil <= 1 must hold.")
    if ("deviceFloor" in cap) != ("deviceCeil" in cap):
        _refuse(f"{where}.deviceCeil", "Say both deviceFloor and deviceCeil, or neither.")


def _is_share(value: object) -> bool:
    return type(value) in {int, float} and 0 <= value <= 1  # type: ignore[operator]


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(where, "It must be an object.")
    return value


def _refuse(where: str, why: str) -> NoReturn:
    raise InvalidParameter(f"{where}: {why}", field=where)
