"""The Mandrill stand-in as a whole: the API, its pages and its controls."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from devstack.mandrill_standin import pages, rejects
from devstack.mandrill_standin.errors import (
    MandrillError,
    invalid,
    invalid_key,
    payment_required,
    unknown_message,
)
from devstack.mandrill_standin.happenings import HAPPENINGS, happen, packed
from devstack.mandrill_standin.searching import content, found, summary
from devstack.mandrill_standin.sending import answer_of, mails_of
from devstack.standin import Answer, Fault, Object, Request, Standin
from devstack.standin.courier import Courier

WEBHOOK_KEY = "development"  # public on purpose
_API = "/api/1.0/"
_Calls = dict[str, Callable[[], Any]]


class MandrillStandin(Standin):
    """Mandrill on loopback; ``api_url`` is what ``mandrill.ROOT`` is to be.

    ``api_key`` is the only key that is accepted; None accepts any that is not empty. A mail can be
    searched and asked for ``index_delay`` seconds after it was sent; at Mandrill, too, that takes
    a while. Faults of its own, for ``messages/send``: ``reject`` answers that the address is on the
    list of rejects, ``bounce`` takes the mail and has it bounced, ``delay`` leaves it queued for
    some seconds, ``invalid_key`` and ``payment_required`` refuse the account. Beside the controls
    that all stand-ins have: ``GET /_control/messages`` shows every mail whole, ``POST
    /_control/events`` lets something happen to one (``mail``: its id, ``event``), and
    ``/_control/webhooks`` is as at Stripe's stand-in.
    """

    name: ClassVar[str] = "mandrill"
    own_faults: ClassVar[frozenset[str]] = frozenset(
        {"reject", "bounce", "delay", "invalid_key", "payment_required"}
    )

    def __init__(
        self,
        data_dir: Path | None = None,
        webhook_url: str | None = None,
        webhook_key: str = WEBHOOK_KEY,
        *,
        port: int = 0,
        api_key: str | None = None,
        retry_seconds: float = 0.5,
    ) -> None:
        """Take up the folder's state; ``retry_seconds`` is the first pause of a failed webhook."""
        super().__init__(data_dir, port)
        self._api_key = api_key
        self.index_delay = 0.0
        self.webhooks = Courier(
            self.journal,
            url=webhook_url,
            retry_seconds=retry_seconds,
            pack=lambda event: packed(event, key=webhook_key, url=self.webhooks.url or ""),
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

    @property
    def api_url(self) -> str:
        """The root of the API's addresses, with a slash at its end."""
        return self.url + _API

    @property
    def mails(self) -> list[Object]:
        """Every mail that was taken in, oldest first."""
        return self.journal.all("mail")

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        """Answer an API call, or show a page."""
        if request.path.startswith(_API):
            return self._api(request, fault)
        parts = request.path.split("/")
        page = self._page(parts) if request.method == "GET" else self._press(parts, request)
        return page or Answer.of_json({"error": "no such page"}, status=404)

    def _page(self, parts: list[str]) -> Answer | None:
        match parts:
            case ["", ""]:
                front = pages.front_page(
                    self.mails, faults=self.faults.listed(), webhook_url=self.webhooks.url
                )
                return Answer.of_html(front)
            case ["", "mails", mail_id, *rest] if mail := self.journal.get(mail_id):
                match rest:
                    case []:
                        return Answer.of_html(pages.mail_page(mail, self._events_of(mail_id)))
                    case ["html"]:
                        return pages.mail_html(mail)
                    case ["attachments", number]:
                        return pages.attachment(mail, number)
        return None

    def _press(self, parts: list[str], request: Request) -> Answer | None:
        """What a person pressed: something happens to a mail, or to the next one."""
        wanted = dict(parse_qsl(request.body.decode()))
        match parts:
            case ["", "next"]:
                fault = pages.NEXT.get(wanted.get("what", ""))
                if fault is None:
                    return None
                self.faults.add(replace(fault))
                return Answer(303, b"", headers={"Location": "/"})
            case ["", "mails", mail_id, "happens"]:
                if not self.happen(mail_id, wanted.get("event", "")):
                    return None
                return Answer(303, b"", headers={"Location": f"/mails/{mail_id}"})
        return None

    def happen(self, mail_id: str, event: str) -> bool:
        """Let something happen to a mail; False when there is no such mail or event."""
        with self.journal.change() as draft:
            mail = draft.get(mail_id)
            if mail is None or mail["object"] != "mail" or event not in HAPPENINGS:
                return False
            happen(draft, mail, event, deliver=self._delivers)
        self.webhooks.wake()
        return True

    @property
    def _delivers(self) -> bool:
        return self.webhooks.url is not None

    def _events_of(self, mail_id: str) -> list[tuple[Object, Object | None]]:
        """A mail's events, oldest first, each with how its delivery stands."""
        return [
            (event, self.journal.get(f"_delivery_{event['id']}"))
            for event in self.journal.all("event")
            if event["mail"] == mail_id
        ]

    def _api(self, request: Request, fault: Fault | None) -> Answer:
        name = request.path.removeprefix(_API).removesuffix(".json").strip("/")
        try:
            params = self._params(request)
            key = params.get("key")
            if not key or (self._api_key and key != self._api_key):
                raise invalid_key()
            return Answer.of_json(self._call(name, params, fault))
        except MandrillError as error:
            return Answer.of_json(error.body(), status=500)

    @staticmethod
    def _params(request: Request) -> Object:
        if request.method != "POST":
            raise invalid(field="method", says="Please use POST")
        try:
            return request.json()
        except ValueError:
            raise invalid(field="body", says="Please send a JSON object") from None

    def _call(self, name: str, params: Object, fault: Fault | None) -> Any:
        calls: _Calls = {
            "users/ping": lambda: "PONG!",
            "users/ping2": lambda: {"PING": "PONG!"},
            "users/info": self._account,
            "messages/send": lambda: self._send(params, fault),
            "messages/search": lambda: [summary(mail) for mail in found(self._indexed(), params)],
            "messages/info": lambda: summary(self._wanted(params)),
            "messages/content": lambda: content(self._wanted(params)),
            "rejects/list": lambda: rejects.listed(self.journal, params),
            "rejects/add": lambda: rejects.add(self.journal, params),
            "rejects/delete": lambda: rejects.delete(self.journal, params),
        }
        if name not in calls:
            message = f'Unknown method "{name}"'
            raise MandrillError(name="Unknown_Method", code=-1, message=message)
        return calls[name]()

    def _send(self, params: Object, fault: Fault | None) -> list[Object]:
        kind = fault.kind if fault else ""
        if kind == "invalid_key":
            raise invalid_key()
        if kind == "payment_required":
            raise payment_required()
        if fault and kind == "slow":
            self.stopping.wait(fault.seconds)
        mails = mails_of(
            params,
            delay=fault.seconds if fault and kind == "delay" else 0,
            barred=lambda email: (
                "hard-bounce" if kind == "reject" else rejects.barred(self.journal, email)
            ),
        )
        with self.journal.change() as draft:
            for mail in mails:
                event = "reject" if mail["state"] == "rejected" else "send"
                happen(
                    draft,
                    mail,
                    "hard_bounce" if kind == "bounce" else event,
                    deliver=self._delivers,
                )
        self.webhooks.wake()
        return [answer_of(mail) for mail in mails]

    def _indexed(self) -> list[Object]:
        newest = time.time() - self.index_delay
        return [mail for mail in self.mails if mail["ts"] <= newest]

    def _wanted(self, params: Object) -> Object:
        wanted = params.get("id")
        if not wanted:
            raise invalid(field="id", says="Please enter a string")
        for mail in self._indexed():
            if mail["id"] == wanted:
                return mail
        raise unknown_message(str(wanted))

    def _account(self) -> Object:
        counts = {"sent": len(self.mails), "hard_bounces": 0, "rejects": 0, "opens": 0, "clicks": 0}
        for mail in self.mails:
            counts["hard_bounces"] += mail["state"] == "bounced"
            counts["rejects"] += mail["state"] == "rejected"
        return {
            "username": "standin@example.org",
            "created_at": "2026-01-01 00:00:00",
            "public_id": "standin",
            "reputation": 100,
            "hourly_quota": 100_000,
            "backlog": 0,
            "stats": {"all_time": counts},
        }

    def failure(self, status: int) -> Answer:
        """Answer as Mandrill does when it is in trouble."""
        error = MandrillError("GeneralError", -99, "A fault made for a test.")
        return Answer.of_json(error.body(), status=status)

    def parameters(self, request: Request) -> object:
        """Return what was sent, without the key and without the content of files."""
        try:
            params = request.json()
        except ValueError:
            return None
        return _masked(params)

    def control(self, request: Request) -> Answer | None:
        """Show every mail whole, let something happen to one, or turn the webhooks."""
        match request.method, request.path:
            case "GET", "/_control/messages":
                return Answer.of_json({"messages": self.mails})
            case "POST", "/_control/events":
                wanted = request.json()
                if not self.happen(str(wanted.get("mail")), str(wanted.get("event"))):
                    message = f"no such mail, or event not one of {', '.join(HAPPENINGS)}"
                    raise ValueError(message)
                return Answer.of_json({"happened": wanted["event"]})
        return self.webhooks.control(request)


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    if name == "key":
        return "***"
    return f"({len(value)} characters)" if name == "content" and isinstance(value, str) else value
