"""Exchanges in a form that people read: secrets shortened, bodies laid out."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl

import yaml

from devstack.demo.wire import Exchange

_SECRET_NAMES: Final = frozenset(
    {"x-lantern-pro-token", "x-lantern-auth-token", "token", "authtoken", "authorization", "key"}
)
_SHOWN_HEADERS: Final = ("content-type", "x-lantern-etag", "x-lantern-config-sleep")
_NOISE: Final = frozenset({"accept", "cache-control", "content-type"})
_LONGEST_LIST: Final = 2
_LONGEST_BODY_LINES: Final = 45


def show(exchange: Exchange) -> str:
    """Lay out what was sent and what was answered."""
    through = f"   {exchange.through}" if exchange.through else ""
    lines = [f"-> {exchange.method} {exchange.url}{through}"]
    lines += [
        f"     {name}: {_masked(name, value)}"
        for name, value in exchange.sent_headers.items()
        if name.lower() not in _NOISE
    ]
    lines += [f"     {name} = {_masked(name, value)}" for name, value in _parameters(exchange)]
    lines.append(f"<- {exchange.status}")
    lines += [
        f"     {name}: {exchange.headers[name]}"
        for name in _SHOWN_HEADERS
        if name in exchange.headers
    ]
    return "\n".join([*lines, *(f"     {line}" for line in _body(exchange))])


def _parameters(exchange: Exchange) -> list[tuple[str, str]]:
    if exchange.sent.startswith(b"{"):
        return [(name, str(value)) for name, value in json.loads(exchange.sent).items()]
    return parse_qsl(exchange.sent.decode())


def _body(exchange: Exchange) -> list[str]:
    if exchange.is_configuration:
        laid_out = yaml.safe_dump(
            _shortened(exchange.configuration()), sort_keys=False, allow_unicode=True
        )
        return _cut(laid_out.splitlines())
    if not exchange.body:
        return []
    try:
        told = _shortened(exchange.json())
    except ValueError:
        return _cut(exchange.body.decode(errors="replace").splitlines())
    return _cut(json.dumps(told, indent=2, ensure_ascii=False).splitlines())


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _LONGEST_BODY_LINES:
        return lines
    return [*lines[:_LONGEST_BODY_LINES], f"… and {len(lines) - _LONGEST_BODY_LINES} more lines"]


def _shortened(value: Any, name: str = "") -> Any:
    """Mask secrets, leave empty fields of proxies out, cut long lists."""
    if isinstance(value, dict):
        kept = {key: _shortened(item, key) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, "")}
    if isinstance(value, list):
        more = len(value) - _LONGEST_LIST
        shown = [_shortened(item, name) for item in value[:_LONGEST_LIST]]
        return [*shown, f"… and {more} more"] if more > 0 else shown
    return _masked(name, value) if isinstance(value, str) else value


def _masked(name: str, value: str) -> str:
    if name == "content":
        return f"({len(value)} characters)"
    if name.lower() not in _SECRET_NAMES:
        return value
    scheme, space, secret = value.rpartition(" ")
    return f"{scheme}{space}{secret[:8]}…"
