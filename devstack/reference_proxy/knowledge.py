"""What one proxy knows, and whom it admits by it. No Redis here: ``following`` brings the news.

While the proxy is in touch with the store its set of admissions decides, and nothing else. Out of
touch for longer than ``TRUST_SECONDS`` a pass counts too. The set goes on to count, for as long as
a pass lives, because it is all that clients without a pass have.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.passes import is_good
from lantern_pro.types import ProxyId

TRUST_SECONDS: Final = 10.0
"""How long ago the store may have answered for the proxy to count as being in touch."""
DAY_SECONDS: Final = 24 * 3600.0
LONG_AGO: Final = float("-inf")

Reason = Literal["free", "known", "pass"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client shows of itself; anything may be empty."""

    auth_token: str = ""
    pro_token: str = ""
    device_id: str = ""
    its_pass: str = ""

    @property
    def admission(self) -> str:
        """What a proxy knows such a client by."""
        return hmac.digest(self.pro_token.encode(), self.device_id.encode(), "sha256").hex()


@dataclass(slots=True)
class Knowledge:
    """One proxy's own view. Written by one thread, read by another.

    ``mark`` is the ``at`` of the change that made ``version``; ``touched`` is when the store last
    answered, ``verified`` whether it has since the start. ``expelled`` are those of whom the proxy
    heard that they may not pass, and when: no pass helps them.
    """

    proxy_id: ProxyId
    auth_token: str
    track: str
    clock: Clock
    version: int = 0
    mark: str = ""
    loaded: bool = False
    touched: float = LONG_AGO
    trust_seconds: float = DAY_SECONDS
    admissions: set[str] = field(default_factory=set)
    expelled: dict[str, float] = field(default_factory=dict)
    pass_keys: Mapping[str, bytes] = field(default_factory=dict)
    usage_script: str = ""
    verified: bool = False
    snapshots: int = 0
    changes: int = 0

    def is_meant(self, auth_token: str) -> bool:
        """Whether this is the secret of the proxy's clients."""
        return hmac.compare_digest(self.auth_token.encode(), auth_token.encode())

    def why_admitted(self, shown: Shown) -> Reason | None:
        """Why a client who knows the secret may pass; None when they may not."""
        if self.track == "free":
            return "free"
        silence, admission = self.silence(), shown.admission
        if silence <= self.trust_seconds and admission in self.admissions:
            return "known"
        if (self.verified and silence <= TRUST_SECONDS) or admission in self.expelled:
            return None
        now = self.clock.now()
        good = is_good(
            shown.its_pass, self.pass_keys, proxy_id=self.proxy_id, admission=admission, now=now
        )
        return "pass" if good else None

    def silence(self) -> float:
        """For how many seconds the store has not answered."""
        return max(0.0, self.clock.now() - self.touched)

    def touch(self) -> None:
        """The store has answered, and what it knows is known here."""
        self.touched = self.clock.now()

    def kept(self) -> dict[str, Any]:
        """What is kept on the disk."""
        return {
            "version": self.version,
            "mark": self.mark,
            "touched": self.touched,
            "track": self.track,
            "trust_seconds": self.trust_seconds,
            "admissions": sorted(self.admissions),
            "expelled": self.expelled,
            "pass_keys": {kid: key.hex() for kid, key in self.pass_keys.items()},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Know again what was kept; nothing, when it cannot be read."""
        try:
            pass_keys = {kid: bytes.fromhex(key) for kid, key in kept["pass_keys"].items()}
            admissions, expelled = set(kept["admissions"]), dict(kept["expelled"])
            numbers = (kept["version"], kept["touched"], kept["trust_seconds"])
            version, touched, trust_seconds = int(numbers[0]), float(numbers[1]), float(numbers[2])
        except (KeyError, TypeError, ValueError, AttributeError):
            return
        self.admissions, self.expelled = admissions, expelled
        self.pass_keys = {**self.pass_keys, **pass_keys}
        self.version, self.touched, self.trust_seconds = version, touched, trust_seconds
        self.mark, self.track = str(kept.get("mark")), str(kept.get("track", self.track))
        self.loaded = True

    def replace(self, admissions: Iterable[str], *, version: int, mark: str) -> None:
        """Take over a snapshot."""
        taken = set(admissions)
        for gone in self.admissions - taken:
            self._note_expelled(gone)
        for there in taken & self.expelled.keys():
            del self.expelled[there]
        self.admissions = taken
        self.version, self.mark, self.loaded = version, mark, True
        self.snapshots += 1

    def apply(self, version: int, change: dict[str, str]) -> bool:
        """Apply one change; False, and nothing is changed, when it is not the next one."""
        if version != self.version + 1:
            return False
        if change["op"] == "admit":
            self.admissions.add(change["admission"])
            self.expelled.pop(change["admission"], None)
        else:
            self.admissions.discard(change["admission"])
            self._note_expelled(change["admission"])
        self.version, self.mark = version, change.get("at", "")
        self.changes += 1
        return True

    def forget_expelled(self) -> None:
        """Forget those whose passes have all run out since."""
        oldest = self.clock.now() - self.trust_seconds
        for admission, when in list(self.expelled.items()):
            if when < oldest:
                del self.expelled[admission]

    def _note_expelled(self, admission: str) -> None:
        self.expelled[admission] = self.clock.now()
