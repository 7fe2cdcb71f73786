"""Telling an owner by mail that a device has joined their account."""

from accounts.mails import recovered_letter
from accounts.models import User
from accounts.services.mailing import mail_user
from accounts.services.personal import unseal
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.types import UserId


def mail_recovery_notice(user_id: UserId, way: str, job: LeasedJob) -> None:
    """Mail it, if the account has an address. The job is done then."""
    account = User.objects.get_account(user_id)
    address = unseal(account.row.get("email_sealed", "")) if account else ""
    if not address:
        ledger.complete(job.fence)
        return
    mail_user(job, user_id=user_id, to=address, letter=lambda: recovered_letter(way=way))
