"""A step: one call of one process to another, with a name by which a fault finds it again."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from devstack.chaos.wire.frames import words

# A job names itself in the script that it calls, and in its mail's metadata.
_JOB: Final = re.compile(
    rb'(?:"fence":\{[^}]*"id":"|"job": ?"|u_job:\\?"|\[\[")(c\d+\.([a-z_]+)\.[^"\\]+)'
)
_QUIET: Final = frozenset({b"AUTH", b"HELLO", b"SELECT", b"CLIENT", b"PING", b"INFO", b"CONFIG"})
_IDS: Final = re.compile(r"/(?:[a-z]{2,3}_\w{6,}|\d+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class Step:
    """What ``actor`` asks of ``target``. ``label`` says what, ``kind`` for which kind of job."""

    actor: str
    target: str
    label: str
    kind: str = ""
    job_id: str = ""

    @property
    def part(self) -> str:
        """The actor without its number: two workers are of one part."""
        return self.actor.rstrip("0123456789").rstrip("-")

    @property
    def name(self) -> str:
        """``<part>:<label>@<kind>``."""
        return f"{self.part}:{self.label}" + (f"@{self.kind}" if self.kind else "")


class RedisSteps:
    """Names commands to Redis: a script by its own name, anything else by the command's."""

    def __init__(self, scripts: Mapping[str, str]) -> None:
        """Know the names of scripts by the SHA-1 of their source."""
        self._scripts = scripts

    def name(self, actor: str, target: str, command: bytes) -> Step | None:
        """The step that this command is; None for what only keeps a connection."""
        said = words(command)
        verb = said[0].upper()
        if verb in _QUIET:
            return None
        label = verb.decode()
        if verb == b"EVALSHA":
            label = self._scripts.get(said[1].decode(), label)
        elif verb == b"EVAL":
            sha = hashlib.sha1(said[1], usedforsecurity=False).hexdigest()
            label = self._scripts.get(sha, label)
        kind, job_id = _job_in(command)
        return Step(actor, target, label, kind, job_id)


class HttpSteps:
    """Names calls over HTTP by method and path, without the ids in it."""

    def name(self, actor: str, target: str, request: bytes) -> Step | None:
        """The step that this request is."""
        method, path = request.split(b" ", 2)[:2]
        plain = _IDS.sub("/:id", path.split(b"?")[0].decode(errors="replace"))
        kind, job_id = _job_in(request)
        return Step(actor, target, f"{method.decode()} {plain}", kind, job_id)


Steps = RedisSteps | HttpSteps


def _job_in(message: bytes) -> tuple[str, str]:
    found = _JOB.search(message)
    return (found[2].decode(), found[1].decode()) if found else ("", "")
