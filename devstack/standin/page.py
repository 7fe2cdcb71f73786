"""The look of the stand-ins' pages: one shell, tables, nothing loaded from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #3b6fd4 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 68rem;
 padding: 0 1.2rem 3rem }
header { border-bottom: 1px solid var(--line); margin: 1.4rem 0; padding-bottom: .8rem }
h1 { font-size: 1.35rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem }
p { margin: .3rem 0 } .soft { opacity: .7 } a { color: var(--accent) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th { font-weight: 600; text-align: left; opacity: .7; font-size: .85rem }
td, th { border-bottom: 1px solid var(--line); padding: .35rem .9rem .35rem 0; vertical-align: top }
code, pre { font: 13px/1.5 ui-monospace, monospace } pre { white-space: pre-wrap; background:
 var(--soft); padding: .8rem; border-radius: 6px } .good { color: #1a8f4b } .bad { color: #cf3a3a }
.wait { color: #b27a00 } button { font: inherit; padding: .4rem 1.1rem; margin: .6rem .6rem 0 0 }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 6px;
 background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0 }
td:first-child { white-space: nowrap } dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
"""


class Html(str):
    """Text that is markup already; anything else is escaped when it is shown."""

    __slots__ = ()


def shown(value: object) -> Html:
    """Make any value safe to show."""
    return value if isinstance(value, Html) else Html(escape("" if value is None else str(value)))


def code(value: object) -> Html:
    """Show an id or a number."""
    return Html(f"<code>{shown(value)}</code>")


def link(target: str, words: object) -> Html:
    """Show a link."""
    return Html(f'<a href="{escape(target)}">{shown(words)}</a>')


def mark(words: object, mood: str) -> Html:
    """Show a state: ``good``, ``bad`` or ``wait``."""
    return Html(f'<span class="{escape(mood)}">{shown(words)}</span>')


def when(seconds: float) -> str:
    """Show a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> Html:
    """Show rows, or say in words that there are none."""
    body = "".join(
        "<tr>" + "".join(f"<td>{shown(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    if not body:
        return Html(f'<p class="soft">{shown(empty)}</p>')
    head = "".join(f"<th>{shown(name)}</th>" for name in heads)
    return Html(f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>')


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Show names and values."""
    body = "".join(f"<dt>{shown(name)}</dt><dd>{shown(value)}</dd>" for name, value in pairs)
    return Html(f"<dl>{body}</dl>")


def told(delivery: Mapping[str, Any] | None) -> Html:
    """Show how the delivery of an event stands."""
    if delivery is None:
        return mark("nowhere to go", "soft")
    if delivery["done"]:
        return mark(f"delivered ({delivery['said']})", "good")
    if not delivery["attempts"]:
        return mark("waits", "wait")
    return mark(f"tried {delivery['attempts']} times, last: {delivery['said']}", "bad")


def page(title: str, introduction: object, *sections: tuple[str, Html]) -> str:
    """Show a whole page; each section is its heading and its body."""
    body = "".join(f"<section><h2>{shown(head)}</h2>{part}</section>" for head, part in sections)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><h1>{shown(title)}</h1><p class="soft">{shown(introduction)}</p></header>'
        f"<main>{body}</main></body></html>"
    )
