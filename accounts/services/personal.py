"""Personal values: sealed with AES-GCM for keeping, hashed with a key for finding."""

import hmac
import os
from base64 import b64decode, b64encode
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.errors import InvalidEmail

_NONCE_BYTES: Final = 12
_LONGEST_EMAIL: Final = 254


def seal(value: str) -> str:
    """Encrypt with the ring's first key: ``<kid>:<base64 of nonce and ciphertext>``."""
    kid, key = next(iter(settings.PERSONAL_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    return f"{kid}:{b64encode(nonce + AESGCM(key).encrypt(nonce, value.encode(), None)).decode()}"


def unseal(sealed: str) -> str:
    """Decrypt; an empty text stays empty."""
    if not sealed:
        return ""
    kid, _, encoded = sealed.partition(":")
    data = b64decode(encoded)
    key = AESGCM(settings.PERSONAL_KEYS[kid])
    return key.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None).decode()


def lookup_hash(purpose: str, value: str) -> str:
    """The keyed hash by which a value is found again, different for each purpose."""
    return hmac.digest(settings.LOOKUP_SECRET, f"{purpose}|{value}".encode(), "sha256").hex()


def normal_email(email: str) -> str:
    """Bring an address to its one form; ``InvalidEmail`` when it is none."""
    local, _, domain = email.strip().rpartition("@")
    normal = f"{local}@{domain.lower()}"
    try:
        validate_email(normal)
    except ValidationError as error:
        raise InvalidEmail(field="email") from error
    if len(normal) > _LONGEST_EMAIL:
        raise InvalidEmail(field="email")
    return normal


def email_hash(normal: str) -> str:
    """The keyed hash of an address, the same for all spellings by letter case."""
    return lookup_hash("email", normal.casefold())
