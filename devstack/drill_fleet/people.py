"""What users do, and what befalls them. Each act is one operation."""

from dataclasses import dataclass
from typing import Final

from accounts.managers import Credentials
from accounts.models import User
from accounts.services import devices, privacy
from accounts.services.countries import tell_country
from accounts.services.referral_codes import new_code
from accounts.services.token_reset import reset_token
from accounts.services.tokens import current_kid, token_of
from billing.services.intents import Given, begin_given
from billing.services.purchases import purchase_id_of, settle
from devstack.drill_fleet.ground import HERE
from devstack.drill_fleet.world import World
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.store.keys import new_id
from lantern_pro.types import UserId

FIRST_DEVICE: Final = "device-0"
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody new."""

    def __call__(self, world: World) -> None:
        """Do it."""
        number = next(world.numbers)
        made = User.objects.create(
            user_id=UserId(new_id(HERE)),
            device_id=FIRST_DEVICE,
            now=clock.now(),
            signup_digest=f"drill-{number}",
            signup_ttl_ms=MINUTE_MS,
            referral=new_code(HERE),
            kid=current_kid(),
            locale="",
            spending=Spending.nothing(HERE),
        )
        if made is not None:
            world.users.append(made)


@dataclass(frozen=True, slots=True)
class Pay:
    """A user pays for a month or so; ``proxies`` is what the plan is for, 0 for the usual."""

    user: int
    days: int
    proxies: int = 0

    def __call__(self, world: World) -> None:
        """Do it."""
        user_id, fact = world.user(self.user), f"drill.{next(world.numbers)}"
        purchase_id = purchase_id_of(user_id, fact)
        terms = {
            "plan": "drill",
            "description": "Drill",
            "months": "0",
            "days": str(self.days),
            "device_limit": "",
            "proxies": str(self.proxies or ""),
            "currency": "usd",
        }
        given = Given("reseller-code", fact, terms, user_id, FIRST_DEVICE, "", "")
        begin_given(purchase_id, given)
        settle(purchase_id)


@dataclass(frozen=True, slots=True)
class ResetToken:
    """A user's token is reset."""

    user: int

    def __call__(self, world: World) -> None:
        """Do it."""
        reset_token(_credentials(world, self.user), reset_key="")


@dataclass(frozen=True, slots=True)
class AddDevice:
    """A device joins."""

    user: int
    device: int

    def __call__(self, world: World) -> None:
        """Do it."""
        devices.add_device(
            user_id=world.user(self.user), device_id=f"device-{self.device}", name="", place=""
        )


@dataclass(frozen=True, slots=True)
class RemoveDevice:
    """A device is taken off."""

    user: int
    device: int

    def __call__(self, world: World) -> None:
        """Do it."""
        devices.remove_device(
            user_id=world.user(self.user), device_id=f"device-{self.device}", by=FIRST_DEVICE
        )


@dataclass(frozen=True, slots=True)
class TellCountry:
    """A user's app tells where it is."""

    user: int
    country: str

    def __call__(self, world: World) -> None:
        """Do it."""
        tell_country(world.user(self.user), told=self.country, known="")


@dataclass(frozen=True, slots=True)
class Erase:
    """A user has everything erased."""

    user: int

    def __call__(self, world: World) -> None:
        """Do it."""
        found = _credentials(world, self.user)
        token = token_of(found.user_id, found.kid, found.epoch)
        confirmation = privacy.ask_to_erase(found.user_id, token)
        privacy.erase_user(found.user_id, token, confirmation.text)
        world.erased.add(found.user_id)


def _credentials(world: World, number: int) -> Credentials:
    found = User.objects.get_credentials(world.user(number))
    if found is None:
        raise LookupError
    return found
