"""Elements of HTML and SVG as text; whatever is not an element itself is escaped."""

import html


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, *children: object, **attributes: object) -> Markup:
    """One element. ``class_`` is written ``class``, ``text_anchor`` ``text-anchor``."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_plain(value))}"'
        for key, value in attributes.items()
    )
    inside = "".join(
        child if isinstance(child, Markup) else html.escape(_plain(child), quote=False)
        for child in children
    )
    return Markup(f"<{name}{told}>{inside}</{name}>")


def together(*parts: Markup) -> Markup:
    """Several elements, one after the other."""
    return Markup("\n".join(parts))


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
