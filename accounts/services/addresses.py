"""Mail addresses: which account names one, and which has proven it.

Several accounts may name an address: people buy anew when they lost an account. One at most has
*proven* it, by a code that was mailed there; that is kept in the cell that the address's hash
selects (the reservation), and mirrored in the account's row. Whoever proves it last has it.
"""

from typing import Final

from accounts.events import AddressChanged
from accounts.managers import addresses
from accounts.managers.addresses import NOBODY, Names, OwnAddress
from accounts.services.personal import seal, unseal
from lantern_pro import clock
from lantern_pro.errors import NotYet
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, UserId

_TRIES: Final = 20


def sync_address(user_id: UserId, address: str, fence: Fence) -> None:
    """Enter in the address's cell what an account's row says of it. The job is done then.

    It may run at any time, in any order and beside itself: after it has entered what the row said
    it looks whether the row still says so.
    """
    follow: list[NewJob] = []
    for _ in range(_TRIES):
        own = addresses.own_address(user_id)
        follow += _enter(user_id, own, unseal(address) or (own.digest if own else ""))
        if addresses.own_address(user_id) == own:
            ledger.complete(fence, *follow)
            return
    raise NotYet


def _enter(user_id: UserId, own: OwnAddress | None, digest: str) -> tuple[NewJob, ...]:
    """Enter it, and what follows: who held the address until now must learn that they do not."""
    if not digest:
        return ()
    names: Names = "gone" if own is None else "yes" if own.digest == digest else "no"
    proven = own.proven if own and names == "yes" else Millis(0)
    claimed = addresses.claim_address(
        digest=digest, user_id=user_id, names=names, proven=proven, now=clock.now()
    )
    if claimed.outcome == "held" and claimed.other != NOBODY:
        fact = f"{digest[:16]}.{proven}"
        return following(AddressChanged(cell_of(user_id), claimed.other, seal(digest), fact))
    if claimed.outcome == "proven_later" and own:
        addresses.unprove_address(user_id=user_id, own=own)
    return ()


def prove_address(user_id: UserId, digest: str, fact: str) -> None:
    """Note that an account's owner reads the mail of an address, if it is the account's."""
    event = AddressChanged(cell_of(user_id), user_id, seal(digest), fact)
    addresses.prove_address(
        user_id=user_id, digest=digest, now=clock.now(), follow=following(event)
    )
