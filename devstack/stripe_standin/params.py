"""Form parameters with Stripe's bracket nesting, checked as Stripe checks them."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from devstack.standin import Object
from devstack.stripe_standin.errors import StripeError, missing

_NAME = re.compile(r"^[^\[\]]+(\[[^\[\]]*\])*$")
_METADATA_KEYS = 50


def parts_of(name: str) -> list[str]:
    """Split ``a[b][c]`` into its parts."""
    return [part.rstrip("]") for part in name.split("[")]


class Params:
    """The parameters of one call, flat by their full names: ``{"card[number]": "4242…"}``."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take decoded pairs; list items come as ``a[]`` or ``a[0]``."""
        self.pairs = list(pairs)
        for name, _ in self.pairs:
            if not _NAME.match(name):
                message = f"Invalid parameter name: {name}"
                raise StripeError(message, param=name)
        self._values = dict(self.pairs)

    @classmethod
    def parse(cls, *encoded: str) -> "Params":
        """Take what came in the query and in the form body."""
        pairs = [pair for text in encoded for pair in parse_qsl(text, keep_blank_values=True)]
        return cls(pairs)

    def allow_only(self, names: frozenset[str]) -> None:
        """Refuse what the stand-in does not know; ``metadata[*]`` allows all beneath."""
        for name, _ in self.pairs:
            whole = re.sub(r"\[\d*\]", "[]", name)
            parts = parts_of(whole)
            prefixes = {parts[0] + "".join(f"[{p}]" for p in parts[1:n]) for n in range(1, 9)}
            if whole not in names and not any(f"{prefix}[*]" in names for prefix in prefixes):
                message = (
                    f"This stand-in does nothing with the parameter {name}, which Stripe takes."
                )
                raise StripeError(message, code="parameter_unknown", param=name)

    def text(self, name: str) -> str | None:
        """The value, or None when it was not sent."""
        return self._values.get(name)

    def need(self, name: str) -> str:
        """The value, which must be there and not be empty."""
        value = self.text(name)
        if value is None:
            raise missing(name)
        if not value:
            message = f"You passed an empty string for '{name}'."
            raise StripeError(message, code="parameter_invalid_empty", param=name)
        return value

    def number(self, name: str) -> int | None:
        """The value as a whole number."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,18}", value):
            message = f"Invalid integer: {value}"
            raise StripeError(message, code="parameter_invalid_integer", param=name)
        return int(value)

    def flag(self, name: str) -> bool:
        """The value as yes or no; no when it was not sent."""
        value = self.text(name) or "false"
        if value.lower() not in {"true", "false"}:
            message = f"Invalid boolean: {value}"
            raise StripeError(message, param=name)
        return value.lower() == "true"

    def items(self, name: str) -> list[str]:
        """The items of a list."""
        prefix = re.compile(re.escape(name) + r"\[\d*\]$")
        return [value for key, value in self.pairs if prefix.match(key)]

    def beneath(self, name: str) -> dict[str, str]:
        """The direct children: ``card[number]`` and ``card[cvc]`` by ``number`` and ``cvc``."""
        prefix = parts_of(name)
        split = [(parts_of(key), value) for key, value in self.pairs]
        return {parts[-1]: value for parts, value in split if parts[:-1] == prefix}

    def merge(self, target: Object, names: Iterable[str]) -> None:
        """Write the texts that were sent over the object's fields; empty ones unset."""
        for name in names:
            value = self.text(name)
            if value is not None:
                target[name] = value or None

    def merge_metadata(self, target: Object) -> None:
        """Write the metadata that was sent over the object's; an empty value removes its key."""
        merged = {**target.get("metadata", {}), **self.beneath("metadata")}
        target["metadata"] = {key: value for key, value in merged.items() if value}
        if len(target["metadata"]) > _METADATA_KEYS:
            message = f"Metadata can have up to {_METADATA_KEYS} keys."
            raise StripeError(message, param="metadata")
