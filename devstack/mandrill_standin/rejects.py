"""The list of rejects: whom Mandrill will not write to any more, and the calls about it."""

import time

from devstack.mandrill_standin.errors import invalid
from devstack.standin import Journal, Object


def reject_of(email: str, reason: str) -> Object:
    """An entry of the list."""
    return {
        "id": f"reject_{email.lower()}",
        "object": "reject",
        "email": email.lower(),
        "reason": reason,
        "created_at": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
        "expired": False,
    }


def barred(journal: Journal, email: str) -> str | None:
    """Why an address is not written to, if the list has it."""
    found = journal.get(f"reject_{email}")
    return None if found is None or found["expired"] else str(found["reason"])


def listed(journal: Journal, params: Object) -> list[Object]:
    """``rejects/list``: every entry, or that of one address."""
    wanted = str(params.get("email") or "").lower()
    return [
        {name: entry[name] for name in ("email", "reason", "created_at", "expired")}
        for entry in journal.all("reject")
        if not entry["expired"] and wanted in ("", entry["email"])
    ]


def add(journal: Journal, params: Object) -> Object:
    """``rejects/add``: bar an address by hand."""
    email = _email(params)
    with journal.change() as draft:
        draft.put(reject_of(email, "custom"))
    return {"email": email, "added": True}


def delete(journal: Journal, params: Object) -> Object:
    """``rejects/delete``: let an address be written to again."""
    email = _email(params)
    deleted = barred(journal, email) is not None
    with journal.change() as draft:
        if deleted:
            draft.put({**reject_of(email, ""), "expired": True})
    return {"email": email, "deleted": deleted, "subaccount": None}


def _email(params: Object) -> str:
    if not params.get("email"):
        raise invalid(field="email", says="Please enter an email address")
    return str(params["email"]).lower()
