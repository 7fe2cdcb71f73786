"""The words of the mails of accounts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lantern_pro.mail.letter import Code, Facts, Letter, Part, Words, given_name, isolated


@dataclass(frozen=True, slots=True)
class DoorWords:
    """A code and what it leads to: an account, perhaps in the place of a device."""

    code: str
    pro_until: date | None
    replaces: str


def codes_letter(*, device: str, doors: Sequence[DoorWords]) -> Letter:
    """The letter with the codes that let a device use an account."""
    parts: list[Part] = [
        Words(
            _("Somebody, probably you, wants to use your Lantern Pro account on this device: %s.")
            % given_name(device)
        ),
    ]
    if len(doors) == 1 and not doors[0].replaces:
        parts += [Words(_("Type this code there:")), Code(doors[0].code)]
    else:
        parts += [
            Words(_("Type one of these codes there; what it does stands beside it:")),
            Facts([(_meaning(door), door.code) for door in doors]),
        ]
    parts += [
        Words(_("A code is good for an hour, on that device only.")),
        Words(_("If it was not you, do nothing. Without a code nobody gets in.")),
    ]
    return Letter(name="codes", subject=_("Your Lantern Pro code"), parts=parts, asked=True)


def _meaning(door: DoorWords) -> str:
    if door.pro_until:
        account = _("Pro until %s") % isolated(door.pro_until.isoformat())
    else:
        account = _("The account that is not Pro")
    if not door.replaces:
        return account
    return f"{account}. " + _("In the place of %s") % given_name(door.replaces)


def new_address_letter(*, code: str) -> Letter:
    """The letter to the address that an account is to have."""
    return Letter(
        name="new_address",
        subject=_("Confirm your address for Lantern Pro"),
        parts=[
            Words(
                _("Somebody, probably you, entered this address for a Lantern Pro account.")
                + " "
                + _("Type this code in the app:")
            ),
            Code(code),
            Words(_("It is good for a day. If it was not you, do nothing.")),
        ],
        asked=True,
    )


def old_address_letter(*, code: str) -> Letter:
    """The letter to the address that an account has, when it is to have another."""
    return Letter(
        name="old_address",
        subject=_("Your Lantern Pro account is to have another address"),
        parts=[
            Words(
                _("Somebody, probably you, wants to give your Lantern Pro account another address.")
                + " "
                + _("To agree, type this code in the app:")
            ),
            Code(code),
            Words(_("It is good for a day. If it was not you, do nothing.")),
        ],
        asked=True,
    )


def recovered_letter(*, way: str) -> Letter:
    """The letter that tells an owner that a device has joined their account, and how."""
    ways = {
        "words": _("It was let in by the recovery words of the account."),
        "mail": _("It was let in by a code that was mailed to this address."),
        "receipt": _("It was let in by the receipt of a purchase and the last digits of the card."),
    }
    return Letter(
        name="recovered",
        subject=_("A device has joined your Lantern Pro account"),
        parts=[
            Words(_("A device has joined your Lantern Pro account.")),
            Words(ways[way]),
            Words(
                _(
                    "If it was not you: remove that device in the app, reset the token, and make "
                    "new recovery words."
                )
            ),
        ],
        asked=False,
    )
