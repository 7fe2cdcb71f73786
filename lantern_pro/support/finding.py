"""Finding a user by whatever they can tell support."""

from accounts.errors import InvalidEmail
from accounts.models import User
from accounts.services.personal import email_hash, normal_email
from accounts.services.referral_codes import read_code
from billing.models import Purchase
from lantern_pro.types import UserId

MOST = 20


def find_users(told: str) -> list[UserId]:
    """Find users by id, e-mail address, Stripe charge or payment, or referral code; at most 20."""
    told = told.strip()
    if told.isascii() and told.isdigit() and 0 < int(told) < 1 << 53:
        return [UserId(int(told))] if User.objects.get_credentials(UserId(int(told))) else []
    if "@" in told:
        try:
            digest = email_hash(normal_email(told))
        except InvalidEmail:
            return []
        return [user.user_id for user in User.objects.filter(email_hash=digest)[:MOST]]
    if told.startswith("ch_"):
        return [each.buyer for each in Purchase.objects.filter(charge_id=told)[:1]]
    read = read_code(told)
    owner = User.objects.owner_of_code(*read) if read else None
    return [owner] if owner else []
