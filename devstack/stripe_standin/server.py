"""The Stripe stand-in as a whole: the API, its webhooks, its pages and its controls."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from devstack.standin import Answer, Draft, Fault, Object, Request, Standin
from devstack.standin.courier import Courier
from devstack.stripe_standin import pages, renewals
from devstack.stripe_standin.api import Api
from devstack.stripe_standin.call import Call, new_id
from devstack.stripe_standin.clock import Clock
from devstack.stripe_standin.dispute_pages import disputes_page
from devstack.stripe_standin.disputes import ACTS
from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.hosted import hosted
from devstack.stripe_standin.intents import authenticate
from devstack.stripe_standin.params import Params
from devstack.stripe_standin.signing import packed

WEBHOOK_SECRET = "whsec_development"  # noqa: S105 - public on purpose
_SECRETS = frozenset({"number", "cvc", "client_secret"})


class StripeStandin(Standin):
    """Stripe on loopback. ``start()`` answers the address for ``base_addresses={"api": …}``.

    Beside the controls that all stand-ins have: ``GET|POST /_control/webhooks`` with ``mode`` and
    ``url``, ``POST /_control/webhooks/resend`` with ``event``, and ``POST /_control/authenticate``
    with ``payment_intent`` and ``succeed``, which is what the customer does at the bank. So is
    ``POST /_control/disputes/<act>``: ``open`` and ``inquire`` with ``charge`` (``amount``,
    ``reason``), ``escalate``, ``win`` and ``lose`` with ``dispute``. ``/disputes`` has buttons.
    ``POST /_control/clock`` puts the clock forward ``to`` a time (Unix seconds): what renews, is
    tried again or expires until then does so, in order. ``POST /_control/forget`` makes it know
    nothing any more, and go by the machine's clock again. A fault of its own, ``status_400``,
    refuses a call, as where an account may not make it.
    """

    name: ClassVar[str] = "stripe"
    own_faults: ClassVar[frozenset[str]] = frozenset({"status_400"})

    def __init__(
        self,
        data_dir: Path | None = None,
        webhook_url: str | None = None,
        webhook_secret: str = WEBHOOK_SECRET,
        *,
        port: int = 0,
        retry_seconds: float = 0.5,
    ) -> None:
        """Take up the folder's state; ``retry_seconds`` is the first pause of a failed webhook."""
        super().__init__(data_dir, port)
        self.webhooks = Courier(
            self.journal,
            url=webhook_url,
            retry_seconds=retry_seconds,
            pack=lambda event: packed(event, webhook_secret, self.clock.now()),
        )
        self.clock = Clock(self.journal)
        self.api = Api(
            self.journal,
            committed=self.webhooks.wake,
            pause=self.stopping.wait,
            clock=self.clock,
        )

    def start(self) -> str:
        """Serve, and deliver what is due."""
        self.webhooks.start()
        return super().start()

    def stop(self) -> None:
        """Stop delivering and serving."""
        self.stopping.set()
        self.webhooks.stop()
        super().stop()

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        """Answer an API call, or show a page."""
        found = hosted(self, request) or self._api_or_page(request, fault)
        if found is None:
            error = StripeError(f"Unrecognized request URL ({request.method}: {request.path}).")
            found = Answer.of_json(error.body(), status=404)
        return found

    def _api_or_page(self, request: Request, fault: Fault | None) -> Answer | None:
        if request.path.startswith("/v1/"):
            deliver = self.webhooks.url is not None
            return self.api.answer(request, base_url=self.url, deliver=deliver, fault=fault)
        match request.method, request.path.split("/"):
            case "GET", ["", ""]:
                front = pages.front_page(
                    self.journal, webhook_url=self.webhooks.url, mode=self.webhooks.mode
                )
                return Answer.of_html(front)
            case "GET", ["", "receipts", charge_id] if charge := self._known("charge", charge_id):
                return Answer.of_html(pages.receipt_page(charge))
            case method, ["", "disputes"]:
                return self._at_the_disputes(method, request)
            case method, ["", "authenticate", intent_id] if intent := self._known(
                "payment_intent", intent_id
            ):
                return self._at_the_bank(method, intent, request)
        return None

    def failure(self, status: int) -> Answer:
        """Answer as Stripe does in trouble, or when asked too often, or for what it does not do."""
        code = "rate_limit" if status == HTTPStatus.TOO_MANY_REQUESTS else None
        kind = (
            "api_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
        )
        error = StripeError("A fault made for a test.", error_type=kind, code=code)
        return Answer.of_json(error.body(), status=status, headers={"Request-Id": new_id("req")})

    def parameters(self, request: Request) -> object:
        """Return the parameters by their full names, without card numbers and secrets."""
        try:
            pairs = Params.parse(request.query, request.body.decode()).pairs
        except (StripeError, UnicodeDecodeError):
            return None
        return {
            name: "***" if name.split("[")[-1].rstrip("]") in _SECRETS else value
            for name, value in pairs
        }

    def control(self, request: Request) -> Answer | None:
        """Turn the webhooks, or do what a customer does."""
        if request.method == "POST" and request.path.startswith("/_control/disputes/"):
            told = {name: str(value) for name, value in request.json().items()}
            status, body = self.dispute(request.path.rpartition("/")[2], **told)
            return Answer.of_json(body, status=status)
        if request.path == "/_control/clock":
            if request.method == "POST":
                self.put_clock_forward(int(str(request.json().get("to"))))
            return Answer.of_json({"now": self.clock.now()})
        if (request.method, request.path) == ("POST", "/_control/forget"):
            self.journal.forget()
            return Answer.of_json({"now": self.clock.now()})
        if (request.method, request.path) != ("POST", "/_control/authenticate"):
            return self.webhooks.control(request)
        wanted = request.json()
        succeed = wanted.get("succeed", True) is True
        status, body = self.authenticate(str(wanted.get("payment_intent")), succeed=succeed)
        return Answer.of_json(body, status=status)

    def authenticate(self, intent_id: str, *, succeed: bool) -> tuple[int, Object]:
        """Let the customer say yes or no to the bank; answers as the API would."""
        call = self._call_from_outside({})
        return self.api.run(call, lambda: authenticate(call, intent_id, succeed=succeed))

    def dispute(self, act: str, **told: str) -> tuple[int, Object]:
        """Let a customer or a bank act in a dispute (``disputes.ACTS``); answers as the API would.

        ``ValueError`` when there is no such act.
        """
        if act not in ACTS:
            message = f"act must be one of {', '.join(ACTS)}"
            raise ValueError(message)
        call = self._call_from_outside(told)
        return self.api.run(call, lambda: ACTS[act](call))

    def act(self, told: dict[str, str], work: Callable[[Call], Object]) -> tuple[int, Object]:
        """Do what a customer does on a page of Stripe's; answers as the API would."""
        call = self._call_from_outside(told)
        return self.api.run(call, lambda: work(call))

    def put_clock_forward(self, to: int) -> int:
        """Let it be later (Unix seconds), with all that happens on the way; says how much did."""
        happened = self.clock.put_forward(
            to, lambda draft: renewals.due(draft, lambda d, t: self._call_from_outside({}, d, t))
        )
        self.webhooks.wake()
        return happened

    def _call_from_outside(
        self, told: dict[str, str], draft: Draft | None = None, now: int | None = None
    ) -> Call:
        return Call(
            draft=draft or Draft(self.journal),
            params=Params(list(told.items())),
            path="",
            base_url=self.url,
            request_id=new_id("req"),
            idempotency_key=None,
            deliver=self.webhooks.url is not None,
            now=self.clock.now() if now is None else now,
        )

    def _known(self, kind: str, object_id: str) -> Object | None:
        found = self.journal.get(object_id)
        return found if found and found["object"] == kind else None

    def _at_the_disputes(self, method: str, request: Request) -> Answer:
        if method != "POST":
            return Answer.of_html(disputes_page(self.journal))
        form = Params.parse(request.body.decode())
        act, _, about = (form.text("do") or "").partition(" ")
        named = "charge" if about.startswith("ch_") else "dispute"
        self.dispute(act, **{named: about})
        return Answer(303, b"", headers={"Location": "/disputes"})

    def _at_the_bank(self, method: str, intent: Object, request: Request) -> Answer:
        if method != "POST":
            return Answer.of_html(pages.authentication_page(intent))
        action = (intent["next_action"] or {}).get("redirect_to_url") or {}
        succeed = Params.parse(request.body.decode()).text("succeed") == "true"
        self.authenticate(intent["id"], succeed=succeed)
        headers = {"Location": action.get("return_url", "/")}
        return Answer(303, b"", headers=headers)
