"""What one proxy knows, and whom it admits by it. No Redis here: ``following`` brings the news.

While the proxy is in touch with the store its set of admissions decides, and nothing else. Out of
touch for longer than ``TRUST_SECONDS`` the set goes on to count, for as long as ``trust_seconds``
says, because it is all that clients without a pass have.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from devstack.reference_proxy.clock import Clock
from lantern_pro.types import ProxyId

TRUST_SECONDS: Final = 10.0
"""How long ago the store may have answered for the proxy to count as being in touch."""
LONGEST_TRUST_SECONDS: Final = 24 * 3600.0
LONG_AGO: Final = float("-inf")

Reason = Literal["free", "known"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client shows of itself; anything may be empty."""

    auth_token: str = ""
    pro_token: str = ""
    device_id: str = ""

    @property
    def admission(self) -> str:
        """What a proxy knows such a client by."""
        return hmac.digest(self.pro_token.encode(), self.device_id.encode(), "sha256").hex()


@dataclass(slots=True)
class Knowledge:
    """One proxy's own view. Written by one thread, read by another.

    ``mark`` is the ``at`` of the change that made ``version``; ``touched`` is when the store last
    answered.
    """

    proxy_id: ProxyId
    auth_token: str
    track: str
    clock: Clock
    version: int = 0
    mark: str = ""
    loaded: bool = False
    touched: float = LONG_AGO
    trust_seconds: float = LONGEST_TRUST_SECONDS
    admissions: set[str] = field(default_factory=set)

    def is_meant(self, auth_token: str) -> bool:
        """Whether this is the secret of the proxy's clients."""
        return hmac.compare_digest(self.auth_token.encode(), auth_token.encode())

    def why_admitted(self, shown: Shown) -> Reason | None:
        """Why a client who knows the secret may pass; None when they may not."""
        if self.track == "free":
            return "free"
        if self.silence() <= self.trust_seconds and shown.admission in self.admissions:
            return "known"
        return None

    def silence(self) -> float:
        """For how many seconds the store has not answered."""
        return max(0.0, self.clock.now() - self.touched)

    def touch(self) -> None:
        """The store has answered, and what it knows is known here."""
        self.touched = self.clock.now()

    def replace(self, admissions: Iterable[str], *, version: int, mark: str) -> None:
        """Take over a snapshot."""
        self.admissions = set(admissions)
        self.version, self.mark, self.loaded = version, mark, True

    def apply(self, version: int, change: dict[str, str]) -> bool:
        """Apply one change; False, and nothing is changed, when it is not the next one."""
        if version != self.version + 1:
            return False
        if change["op"] == "admit":
            self.admissions.add(change["admission"])
        else:
            self.admissions.discard(change["admission"])
        self.version, self.mark = version, change.get("at", "")
        return True
