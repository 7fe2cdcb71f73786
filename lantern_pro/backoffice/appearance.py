"""How the back office looks: the settings of django-unfold."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Lantern Pro",
    "SITE_HEADER": "Lantern Pro",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "light",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _: static("backoffice/lantern.svg"),
        }
    ],
    "STYLES": [lambda _: static("backoffice/lantern.css")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "ENVIRONMENT": "lantern_pro.backoffice.appearance.environment",
    "COLORS": {
        "primary": {
            "50": "oklch(98.7% .022 95.3)",
            "100": "oklch(96.2% .059 95.6)",
            "200": "oklch(92.4% .12 95.7)",
            "300": "oklch(87.9% .169 91.6)",
            "400": "oklch(79.5% .184 86)",
            "500": "oklch(70.5% .165 75)",
            "600": "oklch(60% .15 65)",
            "700": "oklch(52% .135 56)",
            "800": "oklch(44.5% .115 52)",
            "900": "oklch(38.5% .095 49)",
            "950": "oklch(27% .07 47)",
        }
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}


def environment(request: HttpRequest) -> list[str] | None:
    """The badge that tells a developer's machine from the real thing."""
    del request
    return ["Development", "warning"] if settings.DEVELOPMENT else None
