"""A user's own configuration by mail, for when no app can fetch it.

It is a risk: whoever reads the mail learns the addresses of the user's proxies, and a mail lies
with others for long. So operators must allow it, it goes to the account's own confirmed address
only, once a day at most, and holds the user's own proxies alone: those of a network are nobody's.
"""

import gzip
from typing import Final

from django.conf import settings

from accounts.managers.mails import Posted, record_mail
from accounts.models import User
from accounts.services.mailing import mail_user
from configsrv import managers, reading
from configsrv.errors import ConfigMailOff, NoConfigYet
from configsrv.events import ConfigAskedFor
from configsrv.mails import config_letter
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId

PAUSE_MS: Final = 24 * 60 * 60 * 1000


def ask_for_config(user_id: UserId) -> None:
    """Stage the mail; each refusal is an error of ``configsrv.errors``."""
    if not settings.CONFIG_MAIL:
        raise ConfigMailOff
    now = clock.now()
    managers.ask_for_config(
        user_id=user_id,
        now=now,
        pause_ms=PAUSE_MS,
        follow=following(ConfigAskedFor(cell_of(user_id), user_id, now)),
    )


def mail_config(user_id: UserId, job: LeasedJob) -> None:
    """Mail what the configuration is now, to the address that is the account's now."""
    user = User.objects.filter(pk=user_id).first()
    reason = _reason_against(user)
    if user is None or reason:
        posted = Posted("config", clock.now(), "withheld", why=reason)
        record_mail(user_id=user_id, posted=posted, fence=job.fence)
        return
    content = _content(user_id)
    mail_user(job, user_id=user_id, to=user.email, letter=lambda: config_letter(content=content))


def _reason_against(user: User | None) -> str:
    """Why it is not mailed after all, though it was asked for."""
    if not settings.CONFIG_MAIL:
        return "switched off"
    if user is None or user.status != "active":
        return "not Pro any more"
    return "" if user.email and user.email_proven else "no confirmed address any more"


def _content(user_id: UserId) -> bytes:
    [config] = reading.read_configs([reading.user_key(user_id)])
    if config is None or not isinstance(config, reading.UserConfig) or not config.body:
        raise NoConfigYet
    body = config.body.without(reading.withheld(cell_of(user_id)).where(config.country))
    if not body:
        raise NoConfigYet
    return gzip.decompress(body.content)
