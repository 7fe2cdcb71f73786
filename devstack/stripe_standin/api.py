"""The way of a call: key, route, idempotency, the work itself, the answer."""

import base64
import binascii
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from devstack.standin import Answer, Draft, Fault, Journal, Object, Request
from devstack.stripe_standin.call import API_VERSION, Call, new_id, visible
from devstack.stripe_standin.clock import Clock
from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.params import Params
from devstack.stripe_standin.published import check_published
from devstack.stripe_standin.routes import route_of

_KEPT_SECONDS = 24 * 60 * 60
_LONGEST_KEY = 255
# What a browser may do, which knows the publishable key only.
_PUBLISHABLE = frozenset({("POST", "/v1/tokens"), ("POST", "/v1/payment_methods")})


def _refused_key(message: str, code: str | None = None) -> StripeError:
    return StripeError(message, status=401, code=code)


def check_key(request: Request) -> None:
    """Accept test keys, by Basic (as the user) or Bearer; ``StripeError`` 401 otherwise."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    key = rest.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(rest, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        message = (
            "You did not provide an API key. Send it as 'Authorization: Bearer YOUR_SECRET_KEY', "
            "or as the user of HTTP Basic."
        )
        raise _refused_key(message)
    if key.startswith("pk_test_") and (request.method, request.path) not in _PUBLISHABLE:
        message = "This call needs a secret key; a publishable one was sent."
        raise _refused_key(message, "secret_key_required")
    if "_live_" in key:
        message = "This is a stand-in for tests: it refuses live keys. Use a test key."
        raise _refused_key(message)
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")):
        message = f"Invalid API Key provided: {key[:3]}***"
        raise _refused_key(message)


def _check_version(request: Request) -> None:
    version = request.headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        message = f"This stand-in speaks the API's version {API_VERSION} only, not {version}."
        raise StripeError(message)


def _params_of(request: Request) -> Params:
    try:
        return Params.parse(request.query, request.body.decode())
    except UnicodeDecodeError:
        message = "The body must be UTF-8."
        raise StripeError(message) from None


class Api:
    """Stripe's API over a journal.

    ``committed`` is called when there may be new events, ``pause`` with the seconds of a slow call.
    ``unknown_parameters`` are those that callers sent and nobody takes: a test may look.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        committed: Callable[[], None],
        pause: Callable[[float], object],
        clock: Clock,
    ) -> None:
        """Answer from this journal, at the clock's time."""
        self.journal = journal
        self._committed = committed
        self._busy: set[str] = set()
        self._busy_lock = threading.Lock()
        self.pause = pause
        self.clock = clock
        self.unknown_parameters: list[str] = []

    def answer(
        self, request: Request, *, base_url: str, deliver: bool, fault: Fault | None
    ) -> Answer:
        """Answer one call; a ``slow`` fault makes it take its time, holding its key meanwhile."""
        request_id = new_id("req")
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        headers = {
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("stripe-version", API_VERSION),
        }
        if key:
            headers["Idempotency-Key"] = key
        try:
            check_key(request)
            _check_version(request)
            call = Call(
                draft=Draft(self.journal),
                params=_params_of(request),
                path=request.path,
                base_url=base_url,
                request_id=request_id,
                idempotency_key=key,
                deliver=deliver,
                now=self.clock.now(),
            )
            with self._holding(key):
                if stored := self._stored(call):
                    headers["Idempotent-Replayed"] = "true"
                    headers["Original-Request"] = stored["request_id"]
                    status, body = stored["status"], stored["body"]
                else:
                    if fault:
                        self.pause(fault.seconds)
                    status, body = self._execute(request.method, call)
        except StripeError as error:
            status, body = error.status, error.body()
            if error.error.get("code") == "parameter_unknown":
                self.unknown_parameters.append(f"{request.path}: {error.error['param']}")
        return Answer.of_json(body, status=status, headers=headers)

    def run(self, call: Call, work: Callable[[], Object]) -> tuple[int, Object]:
        """Do the work and commit it with its events, its refusal and the answer to its key."""
        with self.journal.lock:
            try:
                status, body, keep = 200, visible(call.expanded(work())), True
            except StripeError as error:
                status, body, keep = error.status, error.body(), error.executed
            if keep:
                self._remember(call, status, body)
                self.journal.commit(call.draft)
        self._committed()
        return status, body

    def _execute(self, method: str, call: Call) -> tuple[int, Object]:
        route, ids = route_of(method, call.path)
        check_published(call.params, route.published)
        call.params.allow_only(route.names)
        return self.run(call, lambda: route.run(call, *ids))

    # --- idempotency ------------------------------------------------------------------------------
    @contextmanager
    def _holding(self, key: str | None) -> Iterator[None]:
        if key is None:
            yield
            return
        if not 0 < len(key) <= _LONGEST_KEY:
            message = f"Idempotency keys must have 1 to {_LONGEST_KEY} characters."
            raise StripeError(message)
        with self._busy_lock:
            if key in self._busy:
                message = f"Another request with this idempotency key is still at work: {key}."
                code = "idempotency_key_in_use"
                raise StripeError(message, status=409, error_type="idempotency_error", code=code)
            self._busy.add(key)
        try:
            yield
        finally:
            with self._busy_lock:
                self._busy.remove(key)

    def _stored(self, call: Call) -> Object | None:
        """What this key answered before; ``StripeError`` when that was to another call."""
        stored = self.journal.get(f"_key_{call.idempotency_key}")
        if stored is None or stored["created"] < call.now - _KEPT_SECONDS:
            return None
        if stored["path"] != call.path:
            message = f"This idempotency key was first used for another endpoint: {stored['path']}."
        elif stored["fingerprint"] != _fingerprint(call.params):
            message = "This idempotency key was first used with other parameters."
        else:
            return stored
        message += f" Use another key than '{call.idempotency_key}' for another call."
        raise StripeError(message, error_type="idempotency_error")

    def _remember(self, call: Call, status: int, body: Mapping[str, object]) -> None:
        if call.idempotency_key:
            record = {
                "id": f"_key_{call.idempotency_key}",
                "object": "_key",
                "created": call.now,
                "path": call.path,
                "fingerprint": _fingerprint(call.params),
                "request_id": call.request_id,
                "status": status,
                "body": body,
            }
            call.draft.put(record)


def _fingerprint(params: Params) -> str:
    """The same for the same parameters in any order; a card's number cannot be read from it."""
    return hashlib.sha256(repr(sorted(params.pairs)).encode()).hexdigest()
