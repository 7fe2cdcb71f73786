"""Effects against facts: everything that clients were told, and everything that follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings

from accounts.keys import TIME_LEDGER
from accounts.managers import Account, TimeEntry, read_time_ledger
from accounts.models import User
from billing.models import Purchase
from billing.services.purchases import purchase_id_of
from configsrv.keys import USER_CONFIG
from devstack.chaos.clients.facts import Asked, Facts
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.erased import left_of
from devstack.chaos.counting.mails import DoubledMail, doubled_mails
from devstack.chaos.counting.reads import service_of
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import UserId
from proxies.keys import PROXIES_OF
from referrals.services.bonuses import bonus_months

_RECEIPT: Final = "send_receipt"
_PURCHASE: Final = "purchase"
_BONUS: Final = "referral_bonus"


@dataclass(slots=True)
class Tally:
    """What was counted. Everything in ``lost`` and ``doubled`` is one breach, in words."""

    users: int = 0
    paid: int = 0
    declined: int = 0
    effects: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    doubled_charges: list[str] = field(default_factory=list)
    doubled_mails: list[DoubledMail] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def expect(self, what: str, *, there: int, wanted: int) -> None:
        """Count one kind of effect of one fact."""
        self.effects += there
        if there < wanted:
            self.lost.append(f"{what}: {there}, not {wanted}")
        elif there > wanted:
            self.doubled.append(f"{what}: {there}, not {wanted}")

    def expect_gone(self, what: str, left: int) -> None:
        """Count that something was taken away, which is an effect as well."""
        self.effects += not left
        if left:
            self.lost.append(f"the end of {what}: {left} left")


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts the effects of clients' stories once nothing is on its way any more."""

    books: Books

    def count(self, stories: list[Facts]) -> Tally:
        """Hold every story against the store and the vendors."""
        tally, books = Tally(), self.books
        for facts in stories:
            tally.surprises += facts.surprises
            tally.users += bool(facts.user_id)
            if facts.erased:
                self._count_erased(facts, tally)
            elif facts.user_id:
                self._count_user(facts, tally)
            self._count_claims(facts, tally)
        for job_id, mails in books.mails.items():
            calls = books.mail_calls.get(job_id, [])
            tally.doubled_mails += doubled_mails(job_id, mails, calls)
        return tally

    def _count_claims(self, facts: Facts, tally: Tally) -> None:
        for claim in facts.claims:
            what, there = f"{facts.device_id}: {claim.what}", claim.there(self.books)
            if claim.wanted:
                tally.expect(what, there=there, wanted=claim.wanted)
            else:
                tally.expect_gone(what, there)

    def _count_erased(self, facts: Facts, tally: Tally) -> None:
        for what, left in left_of(facts):
            tally.expect_gone(f"erased user {facts.user_id} ({facts.device_id}): {what}", left)
        for asked in facts.purchases:
            purchase_id = purchase_id_of(UserId(facts.user_id), asked.key)
            charges = len(self.books.charges.get(purchase_id, []))
            wanted = int(asked.told == "paid")
            tally.expect(f"purchase {purchase_id}: money taken", there=charges, wanted=wanted)

    def _count_user(self, facts: Facts, tally: Tally) -> None:
        who = f"user {facts.user_id} ({facts.device_id})"
        account = User.objects.get_account(UserId(facts.user_id))
        tally.expect(f"{who}: accounts told of", there=len(facts.accounts), wanted=1)
        tally.expect(f"{who}: account", there=int(account is not None), wanted=1)
        if account is None:
            return
        confirmed = "confirmed" in account.row
        if facts.confirmed and not confirmed:
            tally.lost.append(f"{who}: was told that it is confirmed")
        if facts.inviter:
            self._count_invitation(who, facts, account, facts.inviter, tally)
        entries = account.time_ledger
        for asked in facts.purchases:
            self._count_purchase(who, facts, asked, entries, tally)
        if facts.all_returned:
            tally.expect_gone(f"{who}: what serves them", service_of(facts.user_id))
        elif entries:
            self._count_service(who, UserId(facts.user_id), tally)

    def _count_invitation(
        self, who: str, facts: Facts, account: Account, inviter: Facts, tally: Tally
    ) -> None:
        if inviter.erased:
            tally.expect_gone(f"{who}: code of the erased inviter", int("inviter" in account.row))
            return
        attached = int(account.row.get("inviter_id", "0")) == inviter.user_id
        tally.expect(f"{who}: attached to the inviter", there=int(attached), wanted=1)
        theirs = User.objects.get_account(UserId(inviter.user_id))
        listed = theirs.invitees.count(UserId(facts.user_id)) if theirs else 0
        tally.expect(f"{who}: in the inviter's list", there=listed, wanted=1)

    def _count_purchase(
        self, who: str, facts: Facts, asked: Asked, entries: list[TimeEntry], tally: Tally
    ) -> None:
        user_id = UserId(facts.user_id)
        purchase_id = purchase_id_of(user_id, asked.key)
        what = f"{who}: purchase {purchase_id}"
        row = Purchase.objects.filter(pk=purchase_id).first()
        state = row.state if row else "not there"
        charges = len(self.books.charges.get(purchase_id, []))
        if asked.told not in ("nothing", state):
            tally.lost.append(f"{what} is {state}, but {asked.told} was told")
        paid = state == Purchase.State.PAID
        tally.paid += paid
        tally.declined += state == Purchase.State.DECLINED
        if charges > 1:
            tally.doubled_charges.append(f"{what}: {charges} charges")
        tally.expect(f"{what}: money taken", there=min(charges, 1), wanted=int(paid))
        given = sum(entry.because == purchase_id and entry.kind == _PURCHASE for entry in entries)
        tally.expect(f"{what}: Pro time", there=given, wanted=int(paid))
        job_id = text_id(cell_of(user_id), f"{_RECEIPT}.{purchase_id}")
        mails = len(self.books.mails.get(job_id, []))
        tally.expect(f"{what}: receipt", there=min(mails, 1), wanted=int(paid))
        self._count_bonuses(what, facts, purchase_id, entries, tally, earned=paid)

    def _count_bonuses(
        self,
        what: str,
        facts: Facts,
        purchase_id: str,
        entries: list[TimeEntry],
        tally: Tally,
        *,
        earned: bool,
    ) -> None:
        row = Purchase.objects.filter(pk=purchase_id).first()
        earns = earned and row is not None and bonus_months(row.months) > 0
        wanted = int(earns and facts.inviter is not None)
        own = sum(entry.because == purchase_id and entry.kind == _BONUS for entry in entries)
        tally.expect(f"{what}: the invited buyer's bonus", there=own, wanted=wanted)
        if facts.inviter:
            theirs = _ledger_of(UserId(facts.inviter.user_id))
            credited = sum(
                entry.because == purchase_id and entry.kind == _BONUS for entry in theirs
            )
            tally.expect(f"{what}: the inviter's bonus", there=credited, wanted=wanted)

    def _count_service(self, who: str, user_id: UserId, tally: Tally) -> None:
        client = text_client()
        proxies = client.zcard(PROXIES_OF(user_id=user_id))
        wanted = settings.PROXIES_PER_PRO_USER
        tally.expect(f"{who}: proxies", there=proxies, wanted=wanted)
        made = client.exists(USER_CONFIG(user_id=user_id))
        tally.expect(f"{who}: configuration", there=made, wanted=1)


def _ledger_of(user_id: UserId) -> list[TimeEntry]:
    return read_time_ledger(text_client().hgetall(TIME_LEDGER(user_id=user_id)))


def broken_laws() -> Iterator[str]:
    """Every breach of the laws, in words."""
    from lantern_pro.support.laws import check_laws

    for finding in check_laws():
        for fault in finding.faults:
            yield f"law {finding.law.number}: {fault}"
