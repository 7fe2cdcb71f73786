"""Delivers events to a webhook, as their vendor packs and signs them, until each has arrived."""

import threading
import time
from collections.abc import Callable

import requests

from devstack.standin.http import Answer, Request
from devstack.standin.journal import Draft, Journal, Object

MODES = ("normal", "off", "double", "reversed")
_PATIENCE_SECONDS = 10
_LONGEST_PAUSE_SECONDS = 30.0


Parcel = tuple[bytes, dict[str, str]]
"""A body and the headers that go with it."""


def put_event(draft: Draft, event: Object, *, deliver: bool) -> None:
    """Enter an event in the journal, to be delivered if somebody waits for it."""
    draft.put(event)
    if deliver:
        delivery = {"id": f"_delivery_{event['id']}", "object": "_delivery", "asked": 1}
        draft.put({**delivery, "event": event["id"], "attempts": 0, "done": False, "said": ""})


class Courier:
    """One thread that delivers what is due; what fails is tried again, later each time.

    Its mode is a test's way to see that events may come late, twice and in any order: ``off``
    holds them back, ``double`` sends each twice, ``reversed`` sends the newest first.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        url: str | None,
        retry_seconds: float,
        pack: Callable[[Object], Parcel],
    ) -> None:
        """Deliver this journal's events to ``url``, as ``pack`` makes them; None delivers none."""
        self.url = url
        self.mode = "normal"
        self._pack = pack
        self._retry_seconds = retry_seconds
        self._journal = journal
        self._not_before: dict[str, float] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks")

    def start(self) -> None:
        """Begin, with what an earlier run left undelivered."""
        self._thread.start()

    def stop(self) -> None:
        """End after the delivery at hand."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Look now whether something is due."""
        self._wake.set()

    def set_mode(self, mode: str) -> None:
        """Change the mode; ``ValueError`` when there is no such mode."""
        if mode not in MODES:
            message = f"mode must be one of {', '.join(MODES)}"
            raise ValueError(message)
        self.mode = mode
        self.wake()

    def pending(self) -> list[Object]:
        """Return the deliveries that have not arrived, in the order of this mode."""
        waiting = [item for item in self._journal.all("_delivery") if not item["done"]]
        return waiting[::-1] if self.mode == "reversed" else waiting

    def resend(self, event_id: str) -> None:
        """Deliver an event once more; ``ValueError`` when it is not known."""
        with self._journal.change() as draft:
            delivery = draft.get(f"_delivery_{event_id}")
            if delivery is None:
                message = f"no delivery of event {event_id!r}"
                raise ValueError(message)
            draft.put({**delivery, "done": False, "asked": delivery["asked"] + 1})
        self.wake()

    def control(self, request: Request) -> Answer | None:
        """Answer ``/_control/webhooks`` (``mode``, ``url``) and ``…/resend`` (``event``)."""
        wanted = request.json()
        match request.method, request.path:
            case "POST", "/_control/webhooks/resend":
                self.resend(str(wanted.get("event")))
            case "POST", "/_control/webhooks":
                if "url" in wanted:
                    self.url = str(wanted["url"] or "") or None
                self.set_mode(str(wanted.get("mode", self.mode)))
            case "GET", "/_control/webhooks":
                pass
            case _:
                return None
        state = {"mode": self.mode, "modes": MODES, "url": self.url}
        return Answer.of_json({**state, "pending": len(self.pending())})

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stopping.is_set():
                self._wake.clear()
                for delivery in self._due():
                    if self._stopping.is_set() or self.mode == "off":
                        break
                    self._deliver(session, delivery)
                self._wake.wait(self._pause())

    def _due(self) -> list[Object]:
        if self.url is None or self.mode == "off":
            return []
        now = time.monotonic()
        return [item for item in self.pending() if self._not_before.get(item["id"], 0) <= now]

    def _pause(self) -> float | None:
        """How long nothing can become due: None is until someone wakes us."""
        if self.url is None or self.mode == "off" or not self.pending():
            return None
        now = time.monotonic()
        return max(0, min(self._not_before.get(item["id"], 0) - now for item in self.pending()))

    def _deliver(self, session: requests.Session, delivery: Object) -> None:
        event = self._journal.get(delivery["event"]) or {}
        body, headers = self._pack(event)
        for _ in range(2 if self.mode == "double" else 1):
            arrived, said = self._post(session, body, headers)
        attempts = delivery["attempts"] + 1
        with self._journal.change() as draft:
            # Someone may have asked for it once more while it was on its way.
            asked = (draft.get(delivery["id"]) or delivery)["asked"]
            done = arrived and asked == delivery["asked"]
            draft.put(
                {**delivery, "asked": asked, "attempts": attempts, "done": done, "said": said}
            )
            if done and "pending_webhooks" in event:
                draft.put({**event, "pending_webhooks": 0})
        pause = min(self._retry_seconds * 2 ** min(attempts - 1, 20), _LONGEST_PAUSE_SECONDS)
        self._not_before[delivery["id"]] = 0 if arrived else time.monotonic() + pause

    def _post(
        self, session: requests.Session, body: bytes, headers: dict[str, str]
    ) -> tuple[bool, str]:
        try:
            answer = session.post(
                self.url or "",
                data=body,
                headers=headers,
                timeout=_PATIENCE_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return False, type(error).__name__
        return answer.status_code // 100 == 2, str(answer.status_code)  # noqa: PLR2004 - any 2xx
