"""Lua scripts: one file a state transition, called by keyword, its header held to its code.

A script begins with a header and two lines that are its signature::

    -- Adds a device to an account, unless the account is full.
    -- KEYS  user       HASH  the account; must exist
    --       devices    ZSET  device id -> first seen, ms
    -- ARGV  device_id  text
    --       now        ms
    -- -->   added          the device is new
    --       full {count}   at the limit; nothing changed
    local user, devices = unpack(KEYS)
    local device_id, now = unpack(ARGV)

Fragments (``<app>/lua/lib/<name>.lua``, one local function of that name) come in by a line
``--@include <app>/<name>`` between the header and the signature. A script whose header declares
the key ``...`` also takes keys in number unknown; in Lua they are the list ``rest``.

The answer is an *outcome*: an array whose first element is a word of the header.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from redis.exceptions import NoScriptError

from lantern_pro.store.client import TextClient, text_client

Argument = str | int | float | bytes
Outcome = list[str | int | None]

KEY_TYPES: Final = frozenset({"HASH", "LIST", "SET", "STREAM", "STRING", "ZSET"})
REST: Final = "..."
MAX_LINES: Final = 80

_KEYS_LINE = re.compile(r"^local ([\w, ]+) = unpack\(KEYS\)$", re.MULTILINE)
_ARGV_LINE = re.compile(r"^local ([\w, ]+) = unpack\(ARGV\)$", re.MULTILINE)
_INCLUDE = re.compile(r"^--@include ([a-z_]+)/([a-z_]+)$", re.MULTILINE)
_HEADER_LINE = re.compile(r"^--(?: (?P<section>KEYS  |ARGV  |-->   )| {7})(\S+)(?: +(.*))?$")
_REMARK = "--" + 8 * " "


class ScriptError(Exception):
    """A script's file breaks the rules above."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a script's header says."""

    purpose: str
    keys: tuple[str, ...]
    key_types: tuple[str, ...]
    arguments: tuple[str, ...]
    outcomes: tuple[str, ...]


def read_header(name: str, source: str) -> Header:
    """Read the header of a script's source."""
    purpose: list[str] = []
    found: dict[str, list[tuple[str, str]]] = {"KEYS": [], "ARGV": [], "-->": []}
    section = ""
    for line in source.splitlines():
        if not line.startswith("--") or line.startswith("--@"):
            break
        match = _HEADER_LINE.match(line)
        if match is None:
            if section and not line.startswith(_REMARK):
                message = f"{name}: the header's line {line!r} is neither a name nor a remark"
                raise ScriptError(message)
            if not section:
                purpose.append(line.removeprefix("--").strip())
            continue
        section = (match["section"] or section).strip()
        if not section:
            message = f"{name}: the header's line {line!r} belongs to no section"
            raise ScriptError(message)
        found[section].append((match[2], match[3] or ""))
    types = tuple((rest.split() or [""])[0] for _, rest in found["KEYS"])
    for (key, _), its_type in zip(found["KEYS"], types, strict=True):
        if key != REST and its_type not in KEY_TYPES:
            message = f"{name}: the key {key!r} has no type (one of {sorted(KEY_TYPES)})"
            raise ScriptError(message)
    return Header(
        purpose=purpose[0] if purpose else "",
        keys=tuple(key for key, _ in found["KEYS"]),
        key_types=types,
        arguments=tuple(argument for argument, _ in found["ARGV"]),
        outcomes=tuple(dict.fromkeys(outcome for outcome, _ in found["-->"])),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """One of many calls of a script: keys and arguments by name, and keys in number unknown."""

    named: Mapping[str, Argument]
    rest: Sequence[str] = ()


class Script:
    """One Lua script, called by the names of its signature."""

    def __init__(self, name: str, source: str) -> None:
        """Hold the header to the signature and put the fragments in."""
        self.name = name
        self.header = read_header(name, source)
        self.keys = _signature(_KEYS_LINE, source)
        self.arguments = _signature(_ARGV_LINE, source)
        self.takes_rest = self.header.keys[-1:] == (REST,)
        self._check(source)
        self.source = self._assemble(source)
        self.sha = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()

    def __call__(
        self,
        client: TextClient | None = None,
        *,
        rest: Sequence[str] = (),
        **named: Argument,
    ) -> Outcome:
        """Run the script and return its outcome.

        ``client`` may be a pipeline: then the outcome comes when the pipeline is executed, and
        the script must be known to the server (``load``).
        """
        keys, arguments = self._bind(named, rest)
        client = client or text_client()
        try:
            answer: Outcome = client.evalsha(self.sha, len(keys), *keys, *arguments)
        except NoScriptError:
            answer = client.eval(self.source, len(keys), *keys, *arguments)
        return answer

    def run_each(self, calls: Sequence["Call"]) -> list[Outcome]:
        """Run the script for each of these calls, in their order, in one round trip.

        Each call is atomic, all of them together are not: others may come in between.
        """
        answers = self._send(calls)
        unknown = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            self.load()
            again = self._send([calls[at] for at in unknown])
            for at, answer in zip(unknown, again, strict=True):
                answers[at] = answer
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def _send(self, calls: Sequence["Call"]) -> list[Any]:
        with text_client().pipeline(transaction=False) as pipe:
            for call in calls:
                keys, arguments = self._bind(dict(call.named), call.rest)
                pipe.evalsha(self.sha, len(keys), *keys, *arguments)
            return list(pipe.execute(raise_on_error=False))

    def load(self, client: TextClient | None = None) -> None:
        """Make the script known to the server, ahead of a pipeline."""
        (client or text_client()).script_load(self.source)

    def _bind(
        self, named: dict[str, Argument], rest: Sequence[str]
    ) -> tuple[list[str], list[Argument]]:
        wanted = {*self.keys, *self.arguments}
        if wanted != set(named):
            missing, unknown = sorted(wanted - set(named)), sorted(set(named) - wanted)
            message = f"{self.name}: missing {missing}, unknown {unknown}"
            raise TypeError(message)
        if rest and not self.takes_rest:
            message = f"{self.name} takes no keys beyond {self.keys}"
            raise TypeError(message)
        return (
            [*(str(named[key]) for key in self.keys), *rest],
            [named[argument] for argument in self.arguments],
        )

    def _check(self, source: str) -> None:
        header = self.header
        declared = header.keys[:-1] if self.takes_rest else header.keys
        problems = []
        if not header.purpose:
            problems.append("the header says no purpose")
        if declared != self.keys:
            problems.append(f"the header's KEYS {declared} are not the signature's {self.keys}")
        if header.arguments != self.arguments:
            problems.append(
                f"the header's ARGV {header.arguments} are not the signature's {self.arguments}"
            )
        if set(self.keys) & set(self.arguments):
            problems.append("a name stands both in KEYS and in ARGV")
        if not header.outcomes:
            problems.append("the header declares no outcome")
        if source.count("\n") > MAX_LINES:
            problems.append(f"longer than {MAX_LINES} lines")
        if problems:
            message = f"{self.name}: {'; '.join(problems)}"
            raise ScriptError(message)

    def _assemble(self, source: str) -> str:
        fragments: dict[str, str] = {}
        _collect(source, fragments, self.name)
        body = _INCLUDE.sub("", source)
        rest = f"local rest = {{unpack(KEYS, {len(self.keys) + 1})}}\n" if self.takes_rest else ""
        return "".join([*(f"{text}\n" for text in fragments.values()), rest, body])


def _signature(pattern: re.Pattern[str], source: str) -> tuple[str, ...]:
    match = pattern.search(source)
    return tuple(part.strip() for part in match[1].split(",")) if match else ()


def _collect(source: str, fragments: dict[str, str], name: str) -> None:
    """Gather the fragments that a source includes, each after those that it includes itself."""
    for app, fragment in _INCLUDE.findall(source):
        label = f"{app}/{fragment}"
        if label in fragments:
            continue
        text = (lua_folder(app) / "lib" / f"{fragment}.lua").read_text()
        if f"local function {fragment}(" not in text:
            message = f"{name}: {label} does not define the local function {fragment}"
            raise ScriptError(message)
        _collect(text, fragments, label)
        fragments[label] = _INCLUDE.sub("", text)


def lua_folder(app: str) -> Path:
    """The folder of an app's scripts; ``jobs`` and ``store`` are the kit's."""
    return Path(apps.get_app_config(app).path) / "lua"


@cache
def script(name: str) -> Script:
    """Get the script ``<app>/<verb_object>``, read once a process."""
    app, _, verb_object = name.partition("/")
    return Script(name, (lua_folder(app) / f"{verb_object}.lua").read_text())


def all_scripts() -> Iterator[Script]:
    """Every script of every app that is installed."""
    for config in apps.get_app_configs():
        for path in sorted((Path(config.path) / "lua").glob("*.lua")):
            yield script(f"{config.label}/{path.stem}")
