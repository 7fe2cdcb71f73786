"""A stack's secrets: made once, kept in its folder, readable by its owner only."""

import os
import secrets
from pathlib import Path

from lantern_pro.environment import new_secrets

ADMIN_LOGIN = "admin"
ADMIN_PASSWORD = "LANTERN_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


def own_secrets(folder: Path) -> dict[str, str]:
    """Read the folder's secrets; makes those that are not there yet.

    They are a file of ``NAME=value`` lines, so that a shell can read them too.
    """
    path = folder / "secrets.env"
    kept = _read(path)
    wanted = {**_make(), **kept}
    if wanted != kept:
        _write(path, wanted)
    return wanted


def _make() -> dict[str, str]:
    return {
        **new_secrets(),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(12)}",
        "STRIPE_PUBLISHABLE_KEY": f"pk_test_{secrets.token_hex(12)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        "MANDRILL_API_KEY": f"md-{secrets.token_hex(11)}",
        "MANDRILL_WEBHOOK_KEY": secrets.token_urlsafe(16),
        ADMIN_PASSWORD: secrets.token_urlsafe(12),
    }


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value for name, _, value in pairs}


def _write(path: Path, values: dict[str, str]) -> None:
    """Write the whole file, or leave the old one as it is."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
