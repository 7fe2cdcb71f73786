"""Reading settings from the environment, with messages that say what would be right."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES: Final = 32
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


def text(name: str, default: str | None = None) -> str:
    """Read a text; without a default it must be there."""
    value = os.environ.get(name, default)
    if value is None:
        message = f"{name} is not set. .env.example says what it is for."
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool) -> bool:
    """Read yes or no."""
    value = os.environ.get(name, "yes" if default else "no").lower()
    if value not in {"yes", "no"}:
        message = f"{name} is {value!r}; it must be yes or no."
        raise ImproperlyConfigured(message)
    return value == "yes"


def number(name: str, default: int, *, least: int = 0, most: int = 1 << 53) -> int:
    """Read a whole number within bounds."""
    value = os.environ.get(name, str(default))
    if not value.lstrip("-").isdigit() or not least <= int(value) <= most:
        message = f"{name} is {value!r}; it must be a whole number from {least} to {most}."
        raise ImproperlyConfigured(message)
    return int(value)


def choice(name: str, default: str, choices: Sequence[str]) -> str:
    """Read one of a few words."""
    value = os.environ.get(name, default)
    if value not in choices:
        message = f"{name} is {value!r}; it must be one of {', '.join(choices)}."
        raise ImproperlyConfigured(message)
    return value


def words(name: str, default: str = "") -> list[str]:
    """Read a list of words, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def counts(name: str, default: str) -> dict[str, int]:
    """Read a number for each of some words, ``word:number``; those left out have none."""
    known = [entry.partition(":")[0] for entry in default.split(",")]
    found = dict.fromkeys(known, 0)
    for entry in words(name, default):
        word, _, number = entry.partition(":")
        if word not in found or not number.isdigit():
            message = f"{name} holds {entry!r}; it must be like {default!r}, with these words."
            raise ImproperlyConfigured(message)
        found[word] = int(number)
    return found


def key_ring(name: str, default: str | None = None) -> dict[str, bytes]:
    """Read a ring of secret keys, ``<kid>:<base64 of 32 bytes>``, the current one first."""
    ring: dict[str, bytes] = {}
    for entry in text(name, default).split(","):
        kid, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not _KID.fullmatch(kid) or len(key) != KEY_BYTES:
            message = (
                f"{name} holds an entry that is not <kid>:<base64 of {KEY_BYTES} bytes>, the kid "
                "of up to 32 letters, digits, '_' and '-'; make one with `manage.py make_secrets`."
            )
            raise ImproperlyConfigured(message)
        ring[kid] = key
    return ring


def secret(name: str, default: str | None = None) -> bytes:
    """Read one secret of at least 32 bytes, as text."""
    value = text(name, default).encode()
    if len(value) < KEY_BYTES:
        message = f"{name} is shorter than {KEY_BYTES} bytes."
        raise ImproperlyConfigured(message)
    return value


def new_secrets() -> dict[str, str]:
    """Make a new value for every secret of the service's own, by the variable that holds it."""
    ring = f"{secrets.token_hex(4)}:{{}}"
    return {
        "LANTERN_SECRET_KEY": secrets.token_urlsafe(48),
        "LANTERN_TOKEN_KEYS": ring.format(_new_key()),
        "LANTERN_PERSONAL_KEYS": ring.format(_new_key()),
        "LANTERN_PASS_KEYS": ring.format(_new_key()),
        "LANTERN_LOOKUP_SECRET": secrets.token_urlsafe(48),
        "LANTERN_PLACEMENT_SECRET": secrets.token_urlsafe(48),
        "LANTERN_PROXY_FORWARD_SECRET": secrets.token_urlsafe(48),
    }


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
