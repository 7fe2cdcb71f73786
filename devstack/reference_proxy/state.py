"""What the proxy knows, on its disk, so that a restart forgets nothing. No secret is among it."""

import json
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from lantern_pro.types import ProxyId

log = logging.getLogger(__name__)

SAVE_SECONDS: Final = 1.0
"""How long what is new may be in memory alone."""
TOUCH_SECONDS: Final = 60.0
"""How often it is saved that nothing is new."""


class State:
    """A file with what each proxy knows; ``None`` keeps nothing."""

    def __init__(self, file: Path | None, clock: Clock) -> None:
        """Read what was kept before."""
        self._file = file
        self._clock = clock
        self._saved_at = 0.0
        self._saved: dict[ProxyId, int] = {}
        self._kept = _read(file)

    def restore(self, known: Knowledge) -> Knowledge:
        """Let a proxy know again what it knew; it still has to look whether that is so."""
        kept = self._kept.get(str(known.proxy_id))
        if kept is not None:
            known.restore(kept)
        return known

    def keep(self, proxies: Iterable[Knowledge]) -> None:
        """Save, when that is due: soon after something is new."""
        proxies = list(proxies)
        since = abs(self._clock.now() - self._saved_at)
        is_new = self._saved != {each.proxy_id: each.version for each in proxies if each.loaded}
        if since >= (SAVE_SECONDS if is_new else TOUCH_SECONDS):
            self.save(proxies)

    def save(self, proxies: Iterable[Knowledge]) -> None:
        """Write all of it, or leave the old file as it is: on a full disk, to try again soon."""
        if self._file is None:
            return
        there = [known for known in proxies if known.loaded]
        versions = {known.proxy_id: known.version for known in there}
        self._saved_at = self._clock.now()
        try:
            _write(self._file, {str(known.proxy_id): known.kept() for known in there})
        except OSError as error:
            log.warning("what is known cannot be kept: %s", error.strerror)
        else:
            self._saved = versions


def _write(file: Path, told: Mapping[str, Any]) -> None:
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(told, opened)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def _read(file: Path | None) -> Mapping[str, Mapping[str, Any]]:
    try:
        read = json.loads(file.read_text()) if file and file.exists() else {}
    except (OSError, ValueError):
        log.warning("what was kept cannot be read; beginning without")
        return {}
    return read if isinstance(read, dict) else {}
