"""Where a stack runs: its ports, its folder, and what its processes find in their environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "var" / "data"
HOST: Final = "127.0.0.1"

_DEFAULT_PORTS: Final = {"": 8000, "CONFIG": 8001, "PROXY": 8002, "STRIPE": 8003, "MANDRILL": 8004}
_HIGHEST_PORT: Final = 65_535


class StackError(Exception):
    """The stack cannot start; the message says why, and what to change."""


def _variable(part: str) -> str:
    return f"LANTERN_{part}_PORT" if part else "LANTERN_PORT"


def _port(part: str, environment: Mapping[str, str]) -> int:
    name = _variable(part)
    value = environment.get(name) or str(_DEFAULT_PORTS[part])
    if not value.isdigit() or not 0 < int(value) <= _HIGHEST_PORT:
        message = f"{name} is {value!r}; it must be a port, from 1 to {_HIGHEST_PORT}."
        raise StackError(message)
    return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPlace:
    """One stack's ports on loopback and its folder. ``redis_url`` is empty for a Redis of its own.

    Two stacks run side by side when neither a port nor the folder is the same.
    """

    folder: Path
    pro: int
    config: int
    proxy: int
    stripe: int
    mandrill: int
    redis_url: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the place from ``LANTERN_*``; ``StackError`` names the variable that is wrong."""
        place = cls(
            folder=Path(environment.get("LANTERN_DATA_DIR") or DATA).resolve(),
            pro=_port("", environment),
            config=_port("CONFIG", environment),
            proxy=_port("PROXY", environment),
            stripe=_port("STRIPE", environment),
            mandrill=_port("MANDRILL", environment),
            redis_url=environment.get("REDIS_URL", ""),
        )
        place.check_distinct()
        return place

    @property
    def ports(self) -> dict[str, int]:
        """Every port, by the variable that sets it."""
        found = (self.pro, self.config, self.proxy, self.stripe, self.mandrill)
        return dict(zip(map(_variable, _DEFAULT_PORTS), found, strict=True))

    @property
    def logs(self) -> Path:
        """The folder of the processes' logs, one file each."""
        return self.folder / "logs"

    @property
    def static(self) -> Path:
        """The folder of the admin's style sheets and scripts."""
        return self.folder / "static"

    def url(self, port: int) -> str:
        """The address of one of the ports, without a slash at its end."""
        return f"http://{HOST}:{port}"

    @property
    def mail_webhook(self) -> str:
        """Where events about mails go; both ends must spell it alike, for it is signed."""
        return f"{self.url(self.pro)}/webhooks/mandrill"

    def differences(self) -> str:
        """What a command must be told to find this stack: `` NAME=value`` where not usual."""
        usual = dict(zip(self.ports, _DEFAULT_PORTS.values(), strict=True))
        told = [f" {name}={port}" for name, port in self.ports.items() if port != usual[name]]
        if self.folder != DATA:
            told.append(f" LANTERN_DATA_DIR={self.folder}")
        return "".join(told)

    def check_distinct(self) -> None:
        """``StackError`` when two parts are to share a port."""
        users: dict[int, str] = {}
        for name, port in self.ports.items():
            if port in users:
                message = f"{users[port]} and {name} are both {port}; each needs its own port."
                raise StackError(message)
            users[port] = name

    def check_ports_are_free(self) -> None:
        """``StackError`` names the port that somebody else uses, and its variable."""
        for name, port in self.ports.items():
            if not is_free(port):
                message = (
                    f"Port {port} is in use. Stop what listens there, or set {name} to a free "
                    f"port: make run {name}={port + 100}"
                )
                raise StackError(message)


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of loopback."""
    with socket.socket() as probe:
        # As servers do: a connection that lingers from an earlier run is not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
