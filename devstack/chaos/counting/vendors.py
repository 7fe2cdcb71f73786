"""What the vendors did: the journals of the stand-ins, read as they grow."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Object = dict[str, Any]


class VendorJournal:
    """One stand-in's journal; each line holds objects, and the last one with an id counts."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self._path = path
        self._offset = 0
        self._objects: dict[str, Object] = {}

    def of_kind(self, kind: str) -> list[Object]:
        """All objects of a kind, as they are now."""
        self._read_on()
        return [item for item in self._objects.values() if item["object"] == kind]

    def begin(self) -> None:
        """Forget what was written so far: it belongs to an earlier round."""
        self._offset = self._path.stat().st_size if self._path.exists() else 0
        self._objects = {}

    def _read_on(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            self._objects |= {item["id"]: item for item in json.loads(line)}


class Vendors:
    """Both vendors."""

    def __init__(self, folder: Path) -> None:
        """Read the journals in a stage's folder."""
        self._stripe = VendorJournal(folder / "stripe.jsonl")
        self._mandrill = VendorJournal(folder / "mandrill.jsonl")

    def begin(self) -> None:
        """Forget an earlier round."""
        self._stripe.begin()
        self._mandrill.begin()

    def charges(self) -> dict[str, list[Object]]:
        """The charges that succeeded, by purchase."""
        paid = [item for item in self._stripe.of_kind("charge") if item["paid"]]
        return _grouped(paid, "purchase")

    def refunds(self) -> dict[str, list[Object]]:
        """The money that was given back, by charge."""
        groups: dict[str, list[Object]] = defaultdict(list)
        for item in self._stripe.of_kind("refund"):
            groups[item["charge"]].append(item)
        return groups

    def at_stripe(self, kind: str) -> list[Object]:
        """All that Stripe has of a kind, as it is now."""
        return self._stripe.of_kind(kind)

    def mails(self) -> dict[str, list[Object]]:
        """The mails that were taken, by job, the oldest first."""
        return _grouped(self._mandrill.of_kind("mail"), "job")


def _grouped(items: Iterable[Object], name: str) -> dict[str, list[Object]]:
    groups: dict[str, list[Object]] = defaultdict(list)
    for item in items:
        groups[item["metadata"].get(name, "")].append(item)
    return groups
