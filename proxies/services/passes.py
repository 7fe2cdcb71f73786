"""Passes: signed notes by which a proxy that is out of touch admits a Pro user's devices.

What a pass says and how it is checked: ``docs/proxy-protocol.md``, "Passes". The time is parted
into halves of a pass's life, each user's parts beginning at a moment of their own. A pass begins
with its part and lasts two of them: so made twice within a part it is the same to the byte, it is
good for half a life at least when it is handed out, and users' renewals spread evenly.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from lantern_pro import clock
from lantern_pro.types import Millis, ProxyId, UserId

CONTEXT: Final = b"lantern-pro-pass-1:"
"""What every signature is over, before the signed text: it can be taken for nothing else."""
ADMISSION_DIGITS: Final = 32
"""How much of an admission a pass carries: 128 bits are too many to aim at."""
HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a user's pass is good; ``renewal`` is when the next one can be made.

    None when the pass is good to the end of the Pro time as it is.
    """

    good_from: Millis
    good_until: Millis
    renewal: Millis | None


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass says: these devices may use this proxy in this time (Unix seconds)."""

    proxy_id: ProxyId
    good_from: int
    good_until: int
    admissions: frozenset[str]


def half_life_ms() -> int:
    """How long a pass is good at least when it is handed out, unless the Pro time ends before."""
    return int(settings.PASS_HOURS) * HOUR_MS // 2


def validity(user_id: UserId, expiration: Millis) -> Validity:
    """When a pass that is made for a user now is good."""
    half = half_life_ms()
    phase = int.from_bytes(hashlib.sha256(str(user_id).encode()).digest()[:8]) % half
    begin = clock.now() - (clock.now() - phase) % half
    if expiration <= begin + 2 * half:
        return Validity(Millis(begin), expiration, None)
    return Validity(Millis(begin), Millis(begin + 2 * half), Millis(begin + half))


def issue(proxy_id: ProxyId, admissions: Iterable[str], when: Validity) -> str:
    """Write and sign the pass of a user's devices for one proxy."""
    kid, seed = next(iter(settings.PASS_KEYS.items()))
    told = {
        "p": str(proxy_id),
        "f": when.good_from // 1000,
        "t": when.good_until // 1000,
        "a": sorted(each[:ADMISSION_DIGITS] for each in admissions),
    }
    text = f"{kid}.{_as_base64(json.dumps(told, separators=(',', ':')).encode())}"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(CONTEXT + text.encode())
    return f"{text}.{_as_base64(signature)}"


def read(text: str) -> Pass:
    """Check a pass's signature and read it; ``ValueError`` when it is none of ours."""
    kid, payload, signature = text.split(".")
    key = public_keys().get(kid)
    if key is None:
        message = f"the pass is signed by the key {kid!r}, which is not in LANTERN_PASS_KEYS"
        raise ValueError(message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            _as_bytes(signature), CONTEXT + f"{kid}.{payload}".encode()
        )
    except InvalidSignature as error:
        message = "the pass's signature is wrong"
        raise ValueError(message) from error
    told = json.loads(_as_bytes(payload))
    return Pass(ProxyId(int(told["p"])), told["f"], told["t"], frozenset(told["a"]))


def public_keys() -> Mapping[str, bytes]:
    """The public half of each key of the ring, by its kid."""
    return {
        kid: Ed25519PrivateKey.from_private_bytes(seed)
        .public_key()
        .public_bytes(Encoding.Raw, PublicFormat.Raw)
        for kid, seed in settings.PASS_KEYS.items()
    }


def _as_base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _as_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
