"""The story: an account, a friend's code, a declined card, Pro, proxies, and a way through one."""

import base64
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from devstack.demo.website import GREETING, website
from devstack.demo.wire import App, Exchange, Watch, card_token, exchange

PAYS: Final = "4242424242424242"
IS_DECLINED: Final = "4000000000000002"
PLAN: Final = "1y-usd-10"
_PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.25


class StoryError(Exception):
    """A step did not go as told."""


def expect(condition: object, words: str) -> None:
    """``StoryError`` unless it is so."""
    if not condition:
        raise StoryError(words)


def until(what: str, look: Callable[[], Any]) -> Any:
    """Look again and again until there is something; what it is. ``StoryError`` after 30 s."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(_PAUSE_SECONDS)  # noqa: TID251 - a client polls, too
    message = f"{what}: not within {_PATIENCE_SECONDS:.0f} seconds"
    raise StoryError(message)


@dataclass(slots=True)
class Story:
    """The addresses of a stack, the people of the story, and what has happened so far."""

    pro_url: str
    config_url: str
    stripe_url: str
    mandrill_url: str
    publishable_key: str
    mandrill_key: str
    watch: Watch
    email: str = field(default_factory=lambda: f"reader-{secrets.token_hex(3)}@example.org")
    reader: App = field(init=False)
    friend: App = field(init=False)
    code: str = ""
    pro_proxies: dict[str, Any] = field(default_factory=dict)
    tag: str = ""

    def __post_init__(self) -> None:
        """Give both people a device."""
        run = secrets.token_hex(3)
        self.friend = App(self.pro_url, self.config_url, f"demo-friend-{run}", self.watch)
        self.reader = App(self.pro_url, self.config_url, f"demo-reader-{run}", self.watch)

    # --- the steps, in their order ----------------------------------------------------------------
    def friend_signs_up(self) -> None:
        """A friend makes an account, and has a referral code to give away."""
        self.code = self.friend.sign_up()["referral"]
        expect(self.code, "no referral code")
        self.friend.post("/user-confirm")

    def reader_signs_up(self) -> None:
        """The reader opens the app for the first time: it makes an account and stores it."""
        made = self.reader.sign_up()
        expect(made["status"] == "ok" and made["userId"], "no account")
        expect(self.reader.post("/user-confirm")["status"] == "ok", "not confirmed")

    def reader_looks_at_the_account(self) -> None:
        """The account is free."""
        told = self.reader.get("/user-data", locale="en_US", timeout=10)
        expect(told["userStatus"] == "free", "not free")

    def reader_gets_a_free_configuration(self) -> None:
        """Free proxies come from the reader's network, the same for all of it."""
        answer = self.reader.fetch()
        expect(answer.status == 200, "no configuration")  # noqa: PLR2004 - HTTP
        names = answer.configuration()
        expect(not any(name.startswith("pro-") for name in names), "a Pro proxy for a free user")

    def reader_sees_the_plans(self) -> None:
        """What may be bought."""
        plans = self.reader.get("/plans", locale="en_US")["plans"]
        expect(any(plan["id"] == PLAN for plan in plans), f"{PLAN} is not on sale")

    def reader_uses_the_friends_code(self) -> None:
        """The friend's code is attached, once."""
        expect(self.reader.post("/referral-attach", code=self.code)["status"] == "ok", "refused")

    def a_card_is_declined(self) -> None:
        """A card that its bank declines: a clear answer, and nothing is bought."""
        told = self.buy(IS_DECLINED, "first-tap")
        expect(told["status"] == "error" and told["errorId"] == "card-declined", "not declined")
        expect(self.reader.get("/user-data")["userStatus"] == "free", "Pro without paying")

    def another_card_pays(self) -> None:
        """Another card pays for a year, and the friend's code adds a month on both sides."""
        told = self.buy(PAYS, "second-tap")
        expect(told["status"] == "ok" and told["paymentStatus"] == "completed", "not paid")

    def reader_is_pro(self) -> None:
        """The account is Pro: the app polls until it is."""
        until("Pro", lambda: self.reader.get("/user-data", timeout=10)["userStatus"] == "active")

    def friend_is_rewarded(self) -> None:
        """The friend got the same month."""
        until("the reward", lambda: self.friend.get("/user-data")["userStatus"] == "active")

    def reader_gets_proxies(self) -> None:
        """The next poll brings the reader's own proxies, first, then those of the network."""
        answer: Exchange = until("own proxies", self._pro_configuration)
        self.tag = answer.headers["x-lantern-etag"]
        told = answer.configuration()
        self.pro_proxies = {name: proxy for name, proxy in told.items() if name.startswith("pro-")}
        expect(next(iter(told)) in self.pro_proxies, "the own proxies are not first")
        expect(len(told) > len(self.pro_proxies), "no free proxies beside")

    def nothing_has_changed(self) -> None:
        """A poll with the tag at hand costs no body."""
        answer = self.reader.fetch(tag=self.tag)
        expect(answer.status == 304 and not answer.body, "not 304")  # noqa: PLR2004 - HTTP

    def reader_goes_through_the_proxy(self) -> None:
        """A web site, visited through the reader's own proxy: by plain proxying and a tunnel."""
        with website() as site:
            plain = until("the way through", lambda: self._visit(site.url, self.pass_headers()))
            tunnelled = exchange(
                "GET", site.url, proxy=self.proxy_addr(), tunnel=self.pass_headers()
            )
            self.watch(tunnelled)
            expect(plain.body == tunnelled.body == GREETING, "another page came")
            expect(len(site.visits) > 1, "the site saw no visit")
            told = " ".join(name.lower() for visit in site.visits for name in visit)
            expect("x-lantern" not in told, "the site was told a secret")

    def strangers_do_not(self) -> None:
        """With a wrong Pro token, and with no token at all, there is only a web server."""
        with website() as site:
            for headers in (
                {**self.pass_headers(), "X-Lantern-Pro-Token": "not-the-token"},
                {**self.pass_headers(), "X-Lantern-Auth-Token": "not-the-token"},
                {},
            ):
                answer = exchange("GET", site.url, headers=headers, proxy=self.proxy_addr())
                self.watch(answer)
                expect(answer.body != GREETING, "let through")
            expect(not site.visits, "the site was visited")

    def reader_sees_past_payments(self) -> None:
        """Both payments are there; the amounts and cards are Stripe's to tell."""
        charges = self.reader.get("/user-charges", limit=10)["charges"]
        states = {charge["state"] for charge in charges}
        expect(states == {"paid", "declined"}, f"states are {states}")

    def the_receipt_has_come(self) -> None:
        """The mail with the receipt as PDF is at the mail service."""
        mail = until("the mail", self._mail)
        answer = self._ask_mandrill("messages/content", id=mail["_id"])
        self.watch(answer)
        [receipt] = answer.json()["attachments"]
        expect(base64.b64decode(receipt["content"]).startswith(b"%PDF-"), "the receipt is no PDF")

    # --- what the steps do ------------------------------------------------------------------------
    def buy(self, number: str, key: str) -> dict[str, Any]:
        """Buy a year with a card; ``/purchase``'s answer."""
        token = card_token(self.stripe_url, number, self.publishable_key, self.watch)
        return self.reader.post(
            "/purchase",
            provider="stripe",
            plan=PLAN,
            currency="usd",
            email=self.email,
            deviceName="Reader's phone",
            stripeToken=token,
            idempotencyKey=key,
        )

    def proxy_addr(self) -> str:
        """Where the reader's first proxy listens."""
        return str(next(iter(self.pro_proxies.values()))["addr"])

    def pass_headers(self) -> Mapping[str, str]:
        """What lets the reader through it."""
        return {
            "X-Lantern-Auth-Token": next(iter(self.pro_proxies.values()))["authtoken"],
            "X-Lantern-Device-Id": self.reader.device_id,
            "X-Lantern-Pro-Token": self.reader.token,
        }

    def _pro_configuration(self) -> Exchange | None:
        answer = self.reader.fetch()
        return answer if b"pro-" in _plain(answer) else None

    def _visit(self, url: str, headers: Mapping[str, str]) -> Exchange | None:
        """Visit a site; None while the proxy has not heard of the reader yet."""
        answer = exchange("GET", url, headers=headers, proxy=self.proxy_addr())
        self.watch(answer)
        return answer if answer.body == GREETING else None

    def _mail(self) -> dict[str, Any] | None:
        found = json.loads(self._ask_mandrill("messages/search", query=f"email:{self.email}").body)
        return found[0] if found else None

    def _ask_mandrill(self, call: str, **parameters: str) -> Exchange:
        return exchange(
            "POST",
            f"{self.mandrill_url}/api/1.0/{call}.json",
            headers={"Content-Type": "application/json"},
            body=json.dumps({"key": self.mandrill_key, **parameters}).encode(),
        )


def _plain(answer: Exchange) -> bytes:
    return repr(answer.configuration()).encode() if answer.is_configuration else b""


STEPS: Final = (
    Story.friend_signs_up,
    Story.reader_signs_up,
    Story.reader_looks_at_the_account,
    Story.reader_gets_a_free_configuration,
    Story.reader_sees_the_plans,
    Story.reader_uses_the_friends_code,
    Story.a_card_is_declined,
    Story.another_card_pays,
    Story.reader_is_pro,
    Story.friend_is_rewarded,
    Story.reader_gets_proxies,
    Story.nothing_has_changed,
    Story.reader_goes_through_the_proxy,
    Story.strangers_do_not,
    Story.reader_sees_past_payments,
    Story.the_receipt_has_come,
)


def titles() -> list[tuple[str, Callable[[Story], None]]]:
    """The steps with what each one tells, in order."""
    return [((step.__doc__ or "").strip(), step) for step in STEPS]
