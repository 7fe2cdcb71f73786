"""Plain looks at the store, for claims."""

from django.conf import settings

from accounts.keys import PRO_ENDS
from accounts.managers import TimeEntry
from accounts.models import User
from accounts.services.personal import unseal
from billing.keys import PROMOTION_USES
from billing.managers.promotions import CATALOGUE_CELL
from billing.models import Purchase, Subscription
from configsrv.keys import USER_CONFIG
from lantern_pro.jobs.keys import JOBS
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, JobId, PurchaseId, UserId
from proxies.bridge import read_mirror
from proxies.keys import PROXIES_OF
from proxies.services.bridge import all_bridged, behind


def has_account(user_id: int) -> int:
    """1 when there is an account, else 0."""
    return int(User.objects.get_account(UserId(user_id)) is not None)


def device_ids_of(user_id: int) -> list[str]:
    """The devices of an account."""
    account = User.objects.get_account(UserId(user_id))
    return [device.device_id for device in account.devices] if account else []


def address_of(user_id: int) -> str:
    """The address of an account, or nothing."""
    account = User.objects.get_account(UserId(user_id))
    return unseal(account.row.get("email_sealed", "")) if account else ""


def service_of(user_id: int) -> int:
    """How many proxies and configurations serve a user."""
    client = text_client()
    proxies = int(client.zcard(PROXIES_OF(user_id=user_id)))
    return proxies + int(client.exists(USER_CONFIG(user_id=user_id)))


def has_time_that_ends(user_id: UserId) -> int:
    """1 while it is noted when a user's Pro time ends (or has ended, and nobody saw to it)."""
    ends = text_client().zscore(PRO_ENDS(cell=cell_of(user_id)), str(user_id))
    return int(ends is not None)


def entries_because_of(user_id: UserId, purchase_id: PurchaseId, _books: object) -> int:
    """How many entries of a user's Pro time are for a purchase."""
    account = User.objects.get_account(user_id)
    entries = account.time_ledger if account else []
    return sum(each.because == purchase_id for each in entries)


def use_of(promotion: str, purchase_id: PurchaseId) -> str | None:
    """What is noted of a purchase's use of a promotion: until when it is held, or "paid"."""
    uses = PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL)
    noted: str | None = text_client().hget(uses, purchase_id)
    return noted


def uses_of(promotion: str, *, paid: bool) -> int:
    """How many uses of a promotion are noted: those that were paid, or the others."""
    noted = text_client().hvals(PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL))
    return sum((each == "paid") == paid for each in noted)


def old_servers_of(user_id: int) -> int:
    """How many proxies of 2016 know a user."""
    servers = all_bridged().values()
    return sum(UserId(user_id) in read_mirror(server).entries for server in servers)


def old_servers_behind() -> int:
    """How many proxies of 2016 have old keys that are not in step."""
    return sum(len(list(behind(Cell(cell)))) for cell in range(settings.CELLS))


def has_job(job_id: JobId) -> int:
    """1 when a job has a record, else 0."""
    return int(text_client().exists(JOBS.row(job_id)))


def takings_of(user_id: int, purchase_id: PurchaseId) -> int:
    """How many entries take time back that a purchase had given a user."""
    return sum(each.is_taking for each in _time_for(user_id, purchase_id))


def parts_taken(user_id: int, purchase_id: PurchaseId, parts: int) -> int:
    """How much of the time that a purchase had given a user was taken, as so many parts of it."""
    entries = _time_for(user_id, purchase_id)
    given = sum(each.span_ms for each in entries if not each.is_taking)
    taken = -sum(each.span_ms for each in entries if each.is_taking)
    return round(parts * taken / given) if given else 0


def back_of(purchase_id: PurchaseId, parts: int) -> int:
    """How much of a purchase's money is said to have gone back, as so many parts of it."""
    found = Purchase.objects.named(purchase_id)
    return round(parts * (found.returned_minor or 0) / found.amount_minor)


def entries_of_kind(user_id: int, kind: str) -> int:
    """How many entries of a kind a user's ledger of Pro time has."""
    return sum(each.kind == kind for each in _time_of(user_id))


def loans_after(user_id: int, invoice: str) -> int:
    """How often time was lent to a user because nothing was paid after this invoice."""
    entries = _time_of(user_id)
    return sum(each.kind == "grace" and each.because.endswith(f".{invoice}") for each in entries)


def state_of_subscription(user_id: int) -> str:
    """How the subscription of a user stands that has not ended; empty when there is none."""
    found = Subscription.objects.open_of(UserId(user_id))
    return str(found.state) if found else ""


def has_subscription(user_id: int) -> int:
    """1 when a user has a subscription that has not ended, else 0."""
    return int(Subscription.objects.open_of(UserId(user_id)) is not None)


def _time_for(user_id: int, purchase_id: PurchaseId) -> list[TimeEntry]:
    return [each for each in _time_of(user_id) if each.because == purchase_id]


def _time_of(user_id: int) -> list[TimeEntry]:
    account = User.objects.get_account(UserId(user_id))
    return account.time_ledger if account else []
