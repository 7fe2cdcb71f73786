"""One API call at work: its parameters, what it may see and change, and the events it makes."""

import copy
import secrets
import string
from dataclasses import dataclass
from typing import Any

from devstack.standin import Draft, Object
from devstack.standin.courier import put_event
from devstack.stripe_standin.errors import StripeError, no_such
from devstack.stripe_standin.params import Params

API_VERSION = "2026-10-28.endive"
_LETTERS = string.ascii_letters + string.digits
# The fields whose ids may be asked to be whole objects with `expand[]`.
_EXPANDABLE = frozenset(
    {
        "balance_transaction",
        "charge",
        "confirmation_secret",
        "customer",
        "invoice",
        "latest_charge",
        "latest_invoice",
        "payment",
        "payment_intent",
        "payment_method",
        "payments",
        "subscription",
    }
)
_SMALLEST_PAGE, _USUAL_PAGE, _LARGEST_PAGE = 1, 10, 100


def new_id(prefix: str) -> str:
    """Make an id as Stripe's are: a prefix and 24 letters and digits."""
    return prefix + "_" + "".join(secrets.choice(_LETTERS) for _ in range(24))


def visible(value: Any) -> Any:
    """Leave out the fields that are the stand-in's own; their names begin with ``_``."""
    if isinstance(value, dict):
        return {key: visible(item) for key, item in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [visible(item) for item in value]
    return value


@dataclass(slots=True)
class Call:
    """What an endpoint gets: a function of this module's neighbours takes it, and the path's ids.

    ``base_url`` is the stand-in's own address; ``deliver`` says whether events have a webhook to
    go to.
    """

    draft: Draft
    params: Params
    path: str
    base_url: str
    request_id: str
    idempotency_key: str | None
    deliver: bool
    now: int

    def find(self, kind: str, object_id: str, *, param: str | None = None) -> Object:
        """Return a copy of the object; ``param`` names where its id came from, if not the path."""
        found = self.draft.get(object_id)
        if found is None or found["object"] != kind:
            raise no_such(kind, object_id, param=param)
        return found

    def find_named(self, kind: str, param: str) -> Object | None:
        """Return the object that a parameter names, or None when it was not sent."""
        object_id = self.params.text(param)
        return self.find(kind, object_id, param=param) if object_id else None

    def make(self, kind: str, prefix: str, **fields: object) -> Object:
        """Make an object with what all have in common; it is not stored yet."""
        common = {"id": new_id(prefix), "object": kind, "created": self.now, "livemode": False}
        return {**common, **fields}

    def take_chosen_id(self, item: Object) -> None:
        """Give an object that was just made the ``id`` that was sent, unless another has it."""
        chosen = self.params.text("id")
        if not chosen:
            return
        if self.draft.get(chosen):
            message = f"{str(item['object']).capitalize()} already exists: {chosen}"
            raise StripeError(message, code="resource_already_exists", param="id")
        item["id"] = chosen

    def put(self, item: Object) -> Object:
        """Store the object."""
        self.draft.put(item)
        return item

    def emit(self, event_type: str, item: Object) -> None:
        """Make an event about the object as it is now, to be delivered to the webhook."""
        event = self.make(
            "event",
            "evt",
            api_version=API_VERSION,
            data={"object": visible(item)},
            pending_webhooks=int(self.deliver),
            request={"id": self.request_id, "idempotency_key": self.idempotency_key},
            type=event_type,
        )
        put_event(self.draft, event, deliver=self.deliver)

    def page(self, kind: str, **wanted: object) -> Object:
        """List objects, newest first, as ``limit``, the cursors and ``created`` ask."""
        limit = self.params.number("limit")
        limit = _USUAL_PAGE if limit is None else limit
        if not _SMALLEST_PAGE <= limit <= _LARGEST_PAGE:
            message = f"This value must be between {_SMALLEST_PAGE} and {_LARGEST_PAGE}."
            raise StripeError(message, code="parameter_invalid_integer", param="limit")
        items = [
            item
            for item in reversed(self.draft.all(kind))
            if self._is_of_time(item["created"])
            and all(item.get(name) == value for name, value in wanted.items() if value)
        ]
        chosen, has_more = self._cut(kind, items, limit)
        data = copy.deepcopy(chosen)
        return {"object": "list", "url": self.path, "has_more": has_more, "data": data}

    def _cut(self, kind: str, items: list[Object], limit: int) -> tuple[list[Object], bool]:
        places = {item["id"]: place for place, item in enumerate(items)}
        for cursor in ("starting_after", "ending_before"):
            value = self.params.text(cursor)
            if value and value not in places:
                raise no_such(kind, value, param=cursor)
        if before := self.params.text("ending_before"):
            items = items[: places[before]]
            return items[-limit:], len(items) > limit
        if after := self.params.text("starting_after"):
            items = items[places[after] + 1 :]
        return items[:limit], len(items) > limit

    def _is_of_time(self, created: int) -> bool:
        bounds = {
            "created": created.__eq__,
            "created[gt]": created.__gt__,
            "created[gte]": created.__ge__,
            "created[lt]": created.__lt__,
            "created[lte]": created.__le__,
        }
        sent = {name: self.params.number(name) for name in bounds}
        return all(bounds[name](value) for name, value in sent.items() if value is not None)

    def expanded(self, answer: Object) -> Object:
        """Put whole objects in the place of the ids that ``expand[]`` names."""
        for path in self.params.items("expand"):
            self._expand(answer, path.split("."), path)
        return answer

    def _expand(self, value: Any, names: list[str], path: str) -> None:
        if isinstance(value, list):
            for item in value:
                self._expand(item, names, path)
        elif isinstance(value, dict) and names:
            name, *rest = names
            if name not in value or (name != "data" and name not in _EXPANDABLE):
                message = f"This property cannot be expanded ({path})."
                raise StripeError(message, param="expand")
            if isinstance(value[name], str):
                value[name] = self.draft.get(value[name]) or value[name]
            self._expand(value[name], rest, path)
