"""The Mandrill stand-in as a whole: the API, its pages and its controls."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from devstack.mandrill_standin import pages
from devstack.mandrill_standin.errors import MandrillError, invalid, invalid_key, unknown_message
from devstack.mandrill_standin.searching import content, found, summary
from devstack.mandrill_standin.sending import answer_of, mails_of
from devstack.standin import Answer, Fault, Object, Request, Standin

_API = "/api/1.0/"
_Calls = dict[str, Callable[[], Any]]


class MandrillStandin(Standin):
    """Mandrill on loopback; ``api_url`` is what ``mandrill.ROOT`` is to be.

    ``api_key`` is the only key that is accepted; None accepts any that is not empty. A mail can be
    searched and asked for ``index_delay`` seconds after it was sent; at Mandrill, too, that takes
    a while. Faults of its own: ``reject`` answers that the address is on the list of rejects,
    ``bounce`` takes the mail and has it bounced. ``GET /_control/messages`` shows every mail whole.
    """

    name: ClassVar[str] = "mandrill"
    own_faults: ClassVar[frozenset[str]] = frozenset({"reject", "bounce"})

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        port: int = 0,
        api_key: str | None = None,
        index_delay: float = 0,
    ) -> None:
        """Take up the folder's state, and listen."""
        super().__init__(data_dir, port)
        self._api_key = api_key
        self.index_delay = index_delay

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
        page = self._page(request.path.split("/")) if request.method == "GET" else None
        return page or Answer.of_json({"error": "no such page"}, status=404)

    def _page(self, parts: list[str]) -> Answer | None:
        match parts:
            case ["", ""]:
                return Answer.of_html(pages.front_page(self.mails))
            case ["", "mails", mail_id, *rest] if mail := self.journal.get(mail_id):
                match rest:
                    case []:
                        return Answer.of_html(pages.mail_page(mail))
                    case ["html"]:
                        return pages.mail_html(mail)
                    case ["attachments", number]:
                        return pages.attachment(mail, number)
        return None

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
        }
        if name not in calls:
            message = f'Unknown method "{name}"'
            raise MandrillError(name="Unknown_Method", code=-1, message=message)
        return calls[name]()

    def _send(self, params: Object, fault: Fault | None) -> list[Object]:
        outcome = None
        if fault and fault.kind == "slow":
            self.stopping.wait(fault.seconds)
        elif fault:
            outcome = fault.kind
        mails = mails_of(params, outcome=outcome)
        with self.journal.change() as draft:
            for mail in mails:
                draft.put(mail)
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
        """Show every mail whole."""
        if (request.method, request.path) != ("GET", "/_control/messages"):
            return None
        return Answer.of_json({"messages": self.mails})


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, name) for item in value]
    if name == "key":
        return "***"
    return f"({len(value)} characters)" if name == "content" and isinstance(value, str) else value
