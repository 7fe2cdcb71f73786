"""One user's whole story, from every app: what support staff and operators look at first."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.errors import NoSuchUser
from accounts.managers import Account
from accounts.managers.erasure import removed_devices
from accounts.models import User, pro_status
from accounts.pro_time import replay
from accounts.services.personal import unseal
from accounts.services.recovery import Way
from billing.models import Purchase, Subscription
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.types import Millis, UserId
from proxies import links
from proxies.models import Proxy

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Story:
    """What one screen shows of a user; times are ISO 8601, in UTC."""

    user_id: UserId
    status: str
    pro_until: str | None
    owed_days: float
    email: str
    referral: str
    inviter: str
    created: str
    confirmed: str | None
    devices: list[dict[str, str]]
    taken_off: list[dict[str, str]]
    ways_back_in: list[dict[str, str]]
    time_ledger: list[dict[str, str | int]]
    country: str
    proxies: list[dict[str, str | int]]
    lacks_proxies_since: str | None
    subscriptions: list[dict[str, str]]
    purchases: list[dict[str, str | None]]
    open_jobs: list[dict[str, str]]

    def as_dict(self) -> dict[str, object]:
        """The story as plain values."""
        return asdict(self)


def story_of(user_id: UserId, *, reveal: bool) -> Story:
    """Gather a user's story; the e-mail address is masked unless ``reveal``."""
    account = User.objects.get_account(user_id)
    if account is None:
        raise NoSuchUser
    row = account.row
    expiration = Millis(int(row["expiration"]))
    email = unseal(row.get("email_sealed", ""))
    since = links.waiting_since(user_id)
    purchases = list(Purchase.objects.filter(user_id=user_id)[:20])
    return Story(
        user_id=user_id,
        status=pro_status(expiration, clock.now()),
        pro_until=_moment(row["expiration"]) if expiration else None,
        owed_days=round(replay(account.time_ledger).owed_ms / DAY_MS, 2),
        email=email if reveal else mask(email),
        referral=row["referral"],
        inviter=row.get("inviter", ""),
        created=_moment(row["created"]),
        confirmed=_moment(row["confirmed"]) if "confirmed" in row else None,
        devices=_devices(account),
        taken_off=[
            {"id": device_id, "removed": _moment(str(when))}
            for device_id, when in removed_devices(user_id)
        ],
        ways_back_in=_ways_back_in(row, purchases),
        time_ledger=_time(account),
        country=row.get("country", ""),
        proxies=[
            {
                "id": proxy.id,
                "name": proxy.name,
                "place": f"{proxy.place.city}, {proxy.place.country_code}",
                "state": proxy.state,
            }
            for proxy in Proxy.objects.records(Proxy.objects.of_user(user_id))
        ],
        lacks_proxies_since=_moment(str(since)) if since else None,
        subscriptions=_subscriptions(user_id),
        purchases=[
            {
                "id": each.pk,
                "created": _iso(each.created),
                "plan": each.plan,
                "price": each.price,
                "state": each.get_state_display(),
                "reason": each.reason,
                "charge_id": each.charge_id,
                "receipt_mail": each.mail_id,
            }
            for each in purchases
        ],
        open_jobs=_open_jobs(user_id),
    )


def mask(email: str) -> str:
    """An address of which one recognises one's own, and learns nobody else's."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain[:1]}…" if email else ""


def _devices(account: Account) -> list[dict[str, str]]:
    return [
        {
            "id": device.device_id,
            "name": device.name,
            "first_seen": _moment(str(device.first_seen)),
        }
        for device in account.devices
    ]


def _ways_back_in(row: dict[str, str], purchases: list[Purchase]) -> list[dict[str, str]]:
    """How the owner gets in when no device is left to them: the ways that are open here."""
    mailed = "email_hash" in row and (
        f"address confirmed {_minute(row['email_proven'])}"
        if "email_proven" in row
        else "address never confirmed"
    )
    ways = {
        Way.MAIL: mailed,
        Way.WORDS: "words" in row and f"made {_minute(row['words_made'])}",
        Way.RECEIPT: any(each.charge_id for each in purchases) and "with the card's last digits",
    }
    return [
        {"way": way.value, "note": note}
        for way, note in ways.items()
        if note and way in settings.RECOVERY_WAYS
    ]


def _time(account: Account) -> list[dict[str, str | int]]:
    return [
        {
            "fact": entry.fact,
            "kind": entry.kind,
            "at": _moment(str(entry.at)),
            "days": f"{round(entry.span_ms / DAY_MS, 2):g}",
            "because": entry.because,
        }
        for entry in account.time_ledger
    ]


def _open_jobs(user_id: UserId) -> list[dict[str, str]]:
    found = Job.objects.filter(about=user_id).exclude(state=Job.State.DONE)[:20]
    return [
        {
            "id": job.pk,
            "kind": job.kind,
            "state": job.state,
            "due": _iso(job.due),
            "attempts": str(job.attempts),
            "why": job.last_error or "-",
        }
        for job in found
    ]


def _moment(millis: str) -> str:
    return _iso(clock.as_datetime(Millis(int(millis))))


def _subscriptions(user_id: UserId) -> list[dict[str, str]]:
    return [
        {
            "id": each.pk,
            "begun": _iso(each.created),
            "plan": each.plan,
            "price": each.price,
            "state": each.get_state_display(),
            "period_ends": _iso(each.period_end) if each.period_end else "-",
        }
        for each in Subscription.objects.filter(user_id=user_id)[:20]
    ]


def _minute(millis: str) -> str:
    return f"{clock.as_datetime(Millis(int(millis))):%Y-%m-%d %H:%M}"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
