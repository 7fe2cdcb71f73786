"""What a list says of one proxy, as a new proxy: pure.

``describe`` collects everything that is wrong with an entry, each with its field.
"""

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from proxies.listings import Entry, Value
from proxies.records import NewProxy, Place, State, Track

FIELDS: Final = (
    "name",
    "addr",
    "track",
    "capacity",
    "state",
    "provider",
    "labels",
    "blocked_countries",
    "city",
    "country",
    "country_code",
    "latitude",
    "longitude",
    "transport",
    "transport_settings",
    "cert",
    "auth_token",
)
DEFAULT_CAPACITY: Final = 100

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry: where, in which field (if in one), and in words."""

    line: int
    field: str
    message: str


UNSAID: Final = NewProxy(name="", addr="", track=Track.PRO, capacity=DEFAULT_CAPACITY)


def describe(entry: Entry, there: NewProxy = UNSAID) -> tuple[NewProxy | None, list[Fault]]:
    """Read an entry; the proxy, or all that is wrong. What it does not say is as in ``there``."""
    reader, was = _Reader(entry), there.place
    track = reader.read("track", _choice(Track), there.track)
    addr = reader.read("addr", _word, there.addr)
    proxy = NewProxy(
        name=reader.read("name", _word, there.name) or default_name(track, addr),
        addr=addr,
        track=track,
        capacity=reader.read("capacity", _whole, there.capacity),
        state=reader.read("state", _choice(State), there.state),
        provider=reader.read("provider", _word, there.provider),
        labels=reader.read("labels", _words, list(there.labels)),
        blocked_countries=sorted(
            set(reader.read("blocked_countries", _codes, list(there.blocked_countries)))
        ),
        place=Place(
            city=reader.read("city", _word, was.city),
            country=reader.read("country", _word, was.country),
            country_code=reader.read("country_code", _word, was.country_code).upper(),
            latitude=reader.read("latitude", _degrees, was.latitude),
            longitude=reader.read("longitude", _degrees, was.longitude),
        ),
        transport=reader.read("transport", _word, there.transport),
        transport_settings=reader.read(
            "transport_settings", _pairs, dict(there.transport_settings or {})
        ),
        cert=reader.read("cert", _text, there.cert),
        auth_token=reader.read("auth_token", _word, there.auth_token),
    )
    reader.look_for_strangers()
    if not addr and not any(fault.field == "addr" for fault in reader.faults):
        reader.fault("addr", "it is missing: the address where clients reach it, host:port.")
    return (None if reader.faults else proxy), reader.faults


def default_name(track: Track, addr: str) -> str:
    """The name of a proxy that was given none."""
    host = addr.rpartition(":")[0].strip("[]")
    return f"{'pro' if track is Track.PRO else 'fallback'}-{host}"


class _Reader:
    """Reads an entry's fields, and keeps what is wrong with them."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.faults: list[Fault] = []

    def read(self, name: str, parse: Callable[[Value], T], default: T) -> T:
        value = self._entry.fields.get(name, "")
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as error:
            self.fault(name, str(error))
            return default

    def fault(self, name: str, message: str) -> None:
        self.faults.append(Fault(self._entry.line_of(name), name, message))

    def look_for_strangers(self) -> None:
        for name in self._entry.fields:
            if name not in FIELDS:
                near = difflib.get_close_matches(name, FIELDS, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FIELDS)}."
                self.fault(name, f"there is no such field; {hint}")


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError("it is to be a text.")  # noqa: TRY004 - what was read, not who calls
    return value


def _word(value: Value) -> str:
    text = _text(value).strip()
    if not text.isprintable():
        raise ValueError(f"{text!r} has characters that nobody can see.")
    return text


def _whole(value: Value) -> int:
    text = _text(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - a sane count
        raise ValueError(f"{text!r} is no whole number.")
    return int(text)


def _degrees(value: Value) -> float:
    text = _text(value).strip()
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number of degrees.") from None


def _words(value: Value) -> list[str]:
    if isinstance(value, dict):
        raise ValueError("it is to be a list.")  # noqa: TRY004 - as above
    return value if isinstance(value, list) else value.replace(",", " ").split()


def _codes(value: Value) -> list[str]:
    return [each.upper() for each in _words(value)]


def _pairs(value: Value) -> dict[str, str]:
    if isinstance(value, dict):
        return value
    try:
        told = json.loads(_text(value))
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ValueError('it is to be a map, in CSV a JSON object: {"iat-mode": "0"}.')  # noqa: TRY004
    return {str(key): str(each) for key, each in told.items()}


def _choice(choices: type[Choice]) -> Callable[[Value], Choice]:
    def parse(value: Value) -> Choice:
        text = _text(value).strip().lower()
        if text not in {each.value for each in choices}:
            known = ", ".join(each.value for each in choices)
            raise ValueError(f"{text!r} is none of {known}.")
        return choices(text)

    return parse
