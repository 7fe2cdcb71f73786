"""What people see of the Mandrill stand-in: the mails, as their readers would."""

import base64
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from devstack.mandrill_standin.happenings import HAPPENINGS
from devstack.mandrill_standin.sending import state_of
from devstack.standin import Answer, Fault, Object
from devstack.standin.page import Html, code, facts, link, mark, page, shown, table, told, when

_SHOWN = 200
_MOODS = {"sent": "good", "queued": "wait", "deferred": "wait"}
_SEND = "/api/1.0/messages/send"
_NEXT = {
    "bounce": ("It bounces", Fault("bounce", _SEND)),
    "reject": ("Its reader is refused", Fault("reject", _SEND)),
    "delay": ("It stays queued for a minute", Fault("delay", _SEND, seconds=60)),
    "key": ("Our key is refused", Fault("invalid_key", _SEND)),
    "lost": ("The answer is lost", Fault("close_after", _SEND)),
    "down": ("Mandrill is down for ten calls", Fault("close_before", "/api/1.0/", times=10)),
}
NEXT = {name: fault for name, (_, fault) in _NEXT.items()}
"""What the front page can let happen to the next mail."""
# The mail's own HTML may show pictures that came with it, and nothing else.
_MAIL_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def front_page(mails: list[Object], *, faults: Sequence[Object], webhook_url: str | None) -> str:
    """Show the mails, newest first, and what can be done to the next."""
    rows = [
        (
            when(mail["ts"]),
            link(f"/mails/{mail['id']}", _subject(mail)),
            mail["email"],
            sender(mail),
            _state(mail),
            f"{len(mail['attachments'])} attached" if mail["attachments"] else "",
        )
        for mail in mails[: -_SHOWN - 1 : -1]
    ]
    listed = table(("Sent", "Subject", "To", "From", "State", ""), rows, empty="No mail yet.")
    where = f"Events go to {webhook_url}." if webhook_url else "No webhook is set."
    words = f"No mail leaves this machine. What would have been sent is here. {where}"
    waiting = [f"{fault['kind']} ({fault['times']} left)" for fault in faults]
    said = f"Waiting for its mail: {', '.join(waiting)}." if waiting else "It is sent, as usual."
    presses = _buttons("/next", "what", [(name, says) for name, (says, _) in _NEXT.items()])
    next_mail = Html(f"<p>{shown(said)}</p>{presses}")
    return page(
        "Mandrill, standing in",
        words,
        (f"{len(mails)} mails", listed),
        ("What becomes of the next", next_mail),
    )


def sender(mail: Object) -> str:
    """Show whom a mail is from."""
    if mail["from_name"]:
        return f"{mail['from_name']} <{mail['from_email']}>"
    return str(mail["from_email"])


def _subject(mail: Object) -> Html:
    """A subject, in the direction of its own words."""
    return Html(f"<bdi>{shown(mail['subject'] or '(no subject)')}</bdi>")


def _state(mail: Object) -> Html:
    state = state_of(mail)
    return mark(state, _MOODS.get(state, "bad"))


def _buttons(target: str, name: str, choices: Iterable[tuple[str, str]]) -> Html:
    """A button for each choice; pressing one sends it."""
    pressed = "".join(
        f'<button name="{shown(name)}" value="{shown(value)}">{shown(words)}</button>'
        for value, words in choices
    )
    return Html(f'<form method="post" action="{shown(target)}">{pressed}</form>')


def _events(mail: Object, events: Iterable[tuple[Object, Object | None]]) -> Html:
    rows = [(when(event["made"]), event["told"]["event"], told(way)) for event, way in events]
    so_far = table(("When", "What", "Webhook"), rows, empty="Nothing yet.")
    choices = [(name, each.words) for name, each in HAPPENINGS.items()]
    return Html(so_far + _buttons(f"/mails/{mail['id']}/happens", "event", choices))


def mail_page(mail: Object, events: Iterable[tuple[Object, Object | None]]) -> str:
    """Show one mail."""
    mail_id, name, address = mail["id"], mail["to_name"], mail["email"]
    head = [
        ("From", sender(mail)),
        ("To", f"{name} <{address}>" if name else address),
        ("Date", when(mail["ts"])),
        ("State", _state(mail)),
        ("Tags", ", ".join(map(str, mail["tags"])) or "none"),
        (
            "Metadata",
            ", ".join(f"{key}={value}" for key, value in mail["metadata"].items()) or "none",
        ),
        ("Id", code(mail_id)),
    ]
    files = [
        Html(f"<p>{link(f'/mails/{mail_id}/attachments/{number}', item['name'])} {_size(item)}</p>")
        for number, item in enumerate(mail["attachments"])
    ]
    text = Html(f'<pre dir="auto">{shown(mail["text"])}</pre>')
    frame = Html(f'<iframe sandbox title="The mail" src="/mails/{mail_id}/html"></iframe>')
    sections = [
        ("Mail", facts(head)),
        ("As HTML", frame if mail["html"] else Html("<p>It has no HTML.</p>")),
        ("As text", text if mail["text"] else Html("<p>None.</p>")),
        ("Attachments", Html("".join(files) or "<p>None.</p>")),
        ("What became of it", _events(mail, events)),
    ]
    return page(mail["subject"] or "(no subject)", link("/", "← all mails"), *sections)


def mail_html(mail: Object) -> Answer:
    """Answer the mail's own HTML, with its pictures in it, unable to run or load anything."""
    html = mail["html"]
    for image in mail["images"]:
        data = f"data:{image['type']};base64,{image['content']}"
        html = html.replace(f"cid:{image['name']}", data)
    return Answer.of_html(html, policy=_MAIL_POLICY)


def attachment(mail: Object, number: str) -> Answer | None:
    """Answer an attached file, always to be saved and never to be shown; None if there is none."""
    if not number.isdigit() or int(number) >= len(mail["attachments"]):
        return None
    item = mail["attachments"][int(number)]
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item['name'], safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(200, _bytes(item), "application/octet-stream", headers)


def _size(item: Object) -> Html:
    return shown(f"({item['type']}, {len(_bytes(item)):,} bytes)")


def _bytes(item: Object) -> bytes:
    return base64.b64decode(item["content"])
