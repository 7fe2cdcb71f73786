"""A client whose owner looks after the account: its address, its devices, its end."""

from devstack.chaos.clients.app import App


class Owner(App):
    """What an app lets its owner do beside signing up and paying."""

    async def redeem(self, code: str, *, is_theirs: bool = True) -> None:
        """Redeem a reseller's code, which is this user's, or has been another's before."""
        form = {"provider": "reseller-code", "resellerCode": code, "deviceName": "phone"}
        told = await self._repeat("/purchase", form)
        wanted = None if is_theirs else "wrong-reseller-code"
        if told.get("errorId") != wanted or not told:
            self._surprised("/purchase", told)

    async def name_address(self, email: str) -> None:
        """Give the account an address; a code is mailed there."""
        await self._ask("/user-update", {"email": email})

    async def confirm_address(self, code: str) -> None:
        """Type in the code that was mailed for that."""
        await self._ask("/user-email-confirm", {"code": code})

    async def ask_for_config(self) -> None:
        """Ask for the configuration by mail. That it was lately can only be the same call."""
        told = await self._repeat("/user-config-mail", {})
        if told.get("status") != "ok" and told.get("errorId") != "config-mailed-lately":
            self._surprised("/user-config-mail", told)

    async def ask_for_codes(self, email: str) -> None:
        """Ask for codes by which this device joins the account of an address."""
        await self._ask("/user-link-request", {"email": email, "deviceName": "tablet"})

    async def join(self, code: str) -> None:
        """Join the account that a mailed code leads to."""
        await self._ask("/user-link-validate", {"code": code, "deviceName": "tablet"})

    async def leave_a_page_open(self, plan: str, key: str) -> None:
        """Ask for a page of Stripe's on which a plan is paid, and do nothing there."""
        form = {"plan": plan, "idempotencyKey": key, "deviceName": "phone", "timeout": "10"}
        told = await self._repeat("/payment-redirect", form, method="GET")
        if not told.get("redirect"):
            self._surprised("/payment-redirect", told)

    async def subscribe(self, plan: str, email: str) -> str:
        """Begin a subscription; the payment that is to be confirmed at Stripe, if it was told."""
        form = {"planId": plan, "email": email, "timeout": "10"}
        told = await self._ask("/stripe-subscription", form)
        return str(told.get("clientSecret", "")).partition("_secret")[0]

    async def erase(self) -> None:
        """Have the user erased, once nothing of theirs is under way any more."""
        asked = await self._ask("/user-delete", {"timeout": "10"})
        form = {"timeout": "10", "confirmation": str(asked.get("confirmation", ""))}
        told = await self._ask("/user-delete", form)
        self.facts.erased = told.get("erased") is True

    async def _ask(self, path: str, form: dict[str, str]) -> dict[str, object]:
        told = await self._repeat(path, form)
        if told.get("status") != "ok":
            self._surprised(path, told)
        return told
