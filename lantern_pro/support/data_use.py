"""What a user's free devices have used, and how that stands to the caps: for the user's page."""

from typing import Final

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from accounts.models import User
from lantern_pro.support.shown import table
from proxies.services.usage import Cap, UsedByDevice, used_by

MIB: Final = 1 << 20
DAY: Final = 86_400
HOUR: Final = 3_600


class DataUse:
    """A part of the page about a user."""

    @display(description="data use")  # type: ignore[untyped-decorator]
    def data_use(self, user: User) -> SafeString:
        """What proxies have counted of each device, beside the caps of where it is."""
        account = User.objects.get_account(user.user_id)
        devices = [each.device_id for each in account.devices] if account else []
        return table(
            ("Device", "In", "Out", "Country", "Begins anew", "Caps there"),
            [_row(each) for each in used_by(devices)],
            empty="Nothing is counted: of Pro users, and where there is no cap, nothing is.",
        )


def _row(each: UsedByDevice) -> tuple[object, ...]:
    used = each.used
    return (
        each.device_id,
        mebibytes(used.bytes_in),
        mebibytes(used.bytes_out),
        used.country.upper() or "not known",
        _begins_anew(used.seconds_left),
        format_html_join(mark_safe("<br>"), "{}", [(_words(cap, each),) for cap in each.caps])
        or "none",
    )


def _words(cap: Cap, each: UsedByDevice) -> str:
    share = cap.share(each.used)
    state = "slowed down" if share > 100 else f"{share} % used"  # noqa: PLR2004 - percent
    app = "" if cap.platform == "default" else f" on {cap.platform}"
    return f"{cap.label}{app}: {mebibytes(cap.threshold)} {cap.period}, {state}"


def mebibytes(count: int) -> str:
    """Bytes, as people read them."""
    return f"{count / MIB:,.1f} MiB" if count < 100 * MIB else f"{count // MIB:,} MiB"


def _begins_anew(seconds: int | None) -> str:
    if seconds is None:
        return "never"
    if seconds >= 2 * DAY:
        return f"in {seconds // DAY} days"
    return f"in {max(1, seconds // HOUR)} h"
