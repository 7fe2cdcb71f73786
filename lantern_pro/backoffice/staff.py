"""Staff and their roles. A role is a Django group, made anew from the models that there are."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password

from lantern_pro.store.prepare import prepare_store

OWN_APPS: Final = frozenset({"auth", "admin", "contenttypes", "sessions"})
"""What is about staff themselves, and so is left to the role ``admin``."""


class Role(StrEnum):
    """What a member of staff may do: look, run the service, or everything."""

    SUPPORT = "support"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff as just made or renewed; ``password`` only if it was made here."""

    username: str
    role: Role
    created: bool
    password: str | None


def create_staff(*, username: str, email: str, role: Role, password: str | None) -> Staff:
    """Make a member of staff, or give one that exists this role; twice is as once.

    Without a password a new member gets a random one; one that exists keeps theirs. Raises
    ``ValidationError`` when the name, the address or the password will not do.
    """
    asked = User(username=username, email=email)
    asked.clean_fields(exclude=["password"])
    if password is not None:
        validate_password(password, asked)
    user, created = User.objects.get_or_create(username=username)
    made = secrets.token_urlsafe(15) if created and password is None else None
    if password or made:
        user.set_password(password or made)
    user.email = email or user.email
    user.is_staff = True
    user.is_superuser = role is Role.ADMIN
    user.save()
    user.groups.set([group_of(role)])
    return Staff(username, role, created, made)


def group_of(role: Role) -> Group:
    """The group of a role, with exactly the permissions that the role has today."""
    prepare_store()
    group, _ = Group.objects.get_or_create(name=str(role))
    group.permissions.set(
        [
            permission
            for permission in Permission.objects.select_related("content_type")
            if _allowed(role, permission)
        ]
    )
    return group


def _allowed(role: Role, permission: Permission) -> bool:
    if role is Role.ADMIN:
        return True
    if permission.content_type.app_label in OWN_APPS:
        return permission.codename == "view_logentry"
    return role is Role.OPERATOR or permission.codename.startswith("view_")
