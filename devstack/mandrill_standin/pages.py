"""What people see of the Mandrill stand-in: the mails, as their readers would."""

import base64
from urllib.parse import quote

from devstack.standin import Answer, Object
from devstack.standin.page import Html, code, facts, link, mark, page, shown, table, when

_SHOWN = 200
_MOODS = {"sent": "good", "rejected": "bad", "invalid": "bad", "bounced": "bad"}
# The mail's own HTML may show pictures that came with it, and nothing else.
_MAIL_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def front_page(mails: list[Object]) -> str:
    """Show the mails, newest first."""
    rows = [
        (
            when(mail["ts"]),
            link(f"/mails/{mail['id']}", mail["subject"] or "(no subject)"),
            mail["email"],
            sender(mail),
            mark(mail["state"], _MOODS.get(mail["state"], "wait")),
            f"{len(mail['attachments'])} attached" if mail["attachments"] else "",
        )
        for mail in mails[: -_SHOWN - 1 : -1]
    ]
    listed = table(("Sent", "Subject", "To", "From", "State", ""), rows, empty="No mail yet.")
    words = "No mail leaves this machine. What would have been sent is here."
    return page("Mandrill, standing in", words, (f"{len(mails)} mails", listed))


def sender(mail: Object) -> str:
    """Show whom a mail is from."""
    if mail["from_name"]:
        return f"{mail['from_name']} <{mail['from_email']}>"
    return str(mail["from_email"])


def mail_page(mail: Object) -> str:
    """Show one mail."""
    mail_id, name, address = mail["id"], mail["to_name"], mail["email"]
    head = [
        ("From", sender(mail)),
        ("To", f"{name} <{address}>" if name else address),
        ("Date", when(mail["ts"])),
        ("State", mark(mail["state"], _MOODS.get(mail["state"], "wait"))),
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
    frame = Html(f'<iframe sandbox title="The mail" src="/mails/{mail_id}/html"></iframe>')
    sections = [
        ("Mail", facts(head)),
        ("As HTML", frame if mail["html"] else Html("<p>It has no HTML.</p>")),
        ("As text", Html(f"<pre>{shown(mail['text'])}</pre>" if mail["text"] else "<p>None.</p>")),
        ("Attachments", Html("".join(files) or "<p>None.</p>")),
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
