"""Accounts as staff screens read them."""

from typing import ClassVar

from django.db import models

from accounts.managers import UserManager
from accounts.services.personal import unseal
from lantern_pro import clock
from lantern_pro.store.models import DomainModel
from lantern_pro.types import Millis, UserId


class User(DomainModel):
    """An account of the service. Staff who log in here are ``auth.User``, something else."""

    written_by: ClassVar[str] = "accounts.services.users"

    id = models.BigIntegerField("user id", primary_key=True)
    created = models.DateTimeField(db_index=True)
    expiration = models.DateTimeField("Pro until", db_index=True)
    confirmed = models.DateTimeField(null=True)
    referral = models.CharField("referral code", max_length=8, db_index=True)
    email_sealed = models.TextField(default="")
    email_hash = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001
    email_proven = models.DateTimeField("e-mail proven", null=True)
    locale = models.CharField(max_length=32, default="")
    kid = models.CharField("token key", max_length=32)
    epoch = models.IntegerField("token epoch")

    objects = UserManager()

    class Meta:
        db_table = "user"
        managed = False
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def user_id(self) -> UserId:
        """The id, typed."""
        return UserId(self.pk)

    @property
    def email(self) -> str:
        """The e-mail address in clear, for those who may see it."""
        return unseal(self.email_sealed)

    @property
    def status(self) -> str:
        """``active`` while Pro, ``expired`` after it, else ``free``."""
        return pro_status(clock.as_millis(self.expiration), clock.now())


def pro_status(expiration: Millis, now: Millis) -> str:
    """What an expiration means at a moment: ``active``, ``expired`` or ``free``."""
    if expiration > now:
        return "active"
    return "expired" if expiration else "free"
