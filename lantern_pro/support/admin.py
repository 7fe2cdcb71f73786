"""The page about one user: what support staff open first."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.models import User
from lantern_pro import clock
from lantern_pro.backoffice.button import Pressed, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.jobs.models import Job
from lantern_pro.support.data_use import DataUse
from lantern_pro.support.finding import find_users
from lantern_pro.support.mails import NAMES, address_words, mails_shown, write_again
from lantern_pro.support.moving import MovingUsers
from lantern_pro.support.shown import link, minute, table, words
from lantern_pro.support.story import Story, mask, story_of
from lantern_pro.types import Millis

MOMENT = "DATETIME_FORMAT"
WAYS = {"mail": "a code by mail", "words": "the twelve recovery words", "receipt": "a receipt"}
NEVER_PRO = clock.as_datetime(Millis(0))


class StatusFilter(admin.SimpleListFilter):
    """Pro, formerly Pro, or free: read from the index of expirations."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """The three states."""
        del request, model_admin
        return [("active", "Pro"), ("expired", "was Pro"), ("free", "free")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Keep the users of the chosen state."""
        del request
        now = clock.as_datetime(clock.now())
        match self.value():
            case "active":
                return queryset.filter(expiration__gt=now)
            case "expired":
                return queryset.filter(expiration__gt=NEVER_PRO, expiration__lte=now)
            case "free":
                return queryset.filter(expiration=NEVER_PRO)
        return queryset


@admin.register(User)
class UserStoryAdmin(MovingUsers, DataUse, ReadOnlyAdmin):
    """Users, found by id, e-mail address, charge or referral code, with all that is theirs."""

    list_display = ("id", "status_label", "until", "masked_email", "referral", "created")
    list_filter = (StatusFilter,)
    date_hierarchy = "created"
    ordering = ("-created",)
    search_fields = ("id",)
    search_help_text = "Id, e-mail, charge, referral"
    actions_detail = ("reveal_email", "move", "write_again")
    fieldsets = (
        (
            None,
            {
                "description": "All times are UTC.",
                "fields": (
                    ("id", "status_label"),
                    ("until", "balance"),
                    "masked_email",
                    ("created", "confirmed"),
                    ("referral", "inviter"),
                    ("country", "lacks_proxies_since", "moves"),
                ),
            },
        ),
        (
            None,
            {
                "fields": (
                    "time_ledger",
                    "subscriptions",
                    "purchases",
                    "proxies",
                    "open_jobs",
                    "devices",
                    "data_use",
                    "ways_back_in",
                    "address",
                    "mails",
                )
            },
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find the users whom the words fit."""
        del request
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=find_users(search_term)), False

    @display(description="status", label={"Pro": "success", "was Pro": "warning", "free": "info"})
    def status_label(self, user: User) -> str:
        """The status in the words of staff."""
        return {"active": "Pro", "expired": "was Pro"}.get(user.status, "free")

    @display(description="Pro until", ordering="expiration")
    def until(self, user: User) -> str:
        """When the Pro time ends, or ended."""
        return "never" if user.expiration == NEVER_PRO else date_format(user.expiration, MOMENT)

    @display(description="balance")
    def balance(self, user: User) -> str:
        """The time that was used before its money went back, until something begins anew."""
        owed = _story(user).owed_days
        return f"-{owed:g} days: used, and then paid back" if owed else "nothing owed"

    @display(description="e-mail")
    def masked_email(self, user: User) -> str:
        """Enough to recognise, not enough to leak."""
        return mask(user.email) or "none"

    @display(description="Pro time")
    def time_ledger(self, user: User) -> SafeString:
        """Every entry that explains the expiration."""
        return table(
            ("What", "When", "Days", "Because of"),
            [
                (words(each["kind"]), minute(each["at"]), each["days"], each["because"])
                for each in _story(user).time_ledger
            ],
            empty="This user has never been Pro.",
        )

    @display(description="subscriptions")
    def subscriptions(self, user: User) -> SafeString:
        """What renews, or did, linked."""
        return table(
            ("Begun", "Plan", "Price", "State", "Period ends"),
            [
                (
                    link("billing_subscription", each["id"], minute(each["begun"])),
                    each["plan"],
                    each["price"],
                    each["state"],
                    each["period_ends"]
                    if each["period_ends"] == "-"
                    else minute(each["period_ends"]),
                )
                for each in _story(user).subscriptions
            ],
            empty="Never subscribed.",
        )

    @display(description="purchases")
    def purchases(self, user: User) -> SafeString:
        """The latest purchases, linked."""
        return table(
            ("When", "Plan", "Price", "State", "Charge", "Receipt mail"),
            [
                (
                    link("billing_purchase", str(each["id"]), minute(each["created"])),
                    each["plan"],
                    each["price"],
                    f"{each['state']} {each['reason'] or ''}",
                    each["charge_id"] or "-",
                    "sent" if each["receipt_mail"] else "-",
                )
                for each in _story(user).purchases
            ],
            empty="Nothing bought.",
        )

    @display(description="ways back in")
    def ways_back_in(self, user: User) -> SafeString:
        """What the owner may use when no device is left to them."""
        return table(
            ("Way", "What there is"),
            [(WAYS[each["way"]], each["note"]) for each in _story(user).ways_back_in],
            empty="None: only a device of the account can let another one in.",
        )

    @display(description="the address")
    def address(self, user: User) -> str:
        """Whether the user's address is confirmed, and written to."""
        return address_words(user)

    @display(description="mails")
    def mails(self, user: User) -> SafeString:
        """The newest mails, and what became of each: Mandrill is asked."""
        return table(
            ("Mail", "When", "By", "What became of it", "Id"),
            [
                (NAMES.get(each.name, each.name), each.at, each.sender, each.fate, each.id)
                for each in mails_shown(user.user_id)
            ],
            empty="No mail yet.",
        )

    @display(description="proxies")
    def proxies(self, user: User) -> SafeString:
        """The user's own proxies, linked."""
        return table(
            ("Proxy", "Place", "State"),
            [
                (link("proxies_proxy", str(each["id"]), str(each["name"])), each["place"],
                 each["state"])
                for each in _story(user).proxies
            ],
            empty="No proxies of their own.",
        )  # fmt: skip

    @display(description="jobs not done")
    def open_jobs(self, user: User) -> SafeString:
        """What is still under way for this user, and why it waits."""
        return table(
            ("Job", "State", "Due", "Tries", "Why"),
            [
                (link("jobs_job", each["id"], each["kind"]), Job.State(each["state"]).label,
                 minute(each["due"]), each["attempts"], each["why"])
                for each in _story(user).open_jobs
            ],
            empty="Everything is done.",
        )  # fmt: skip

    @display(description="devices")
    def devices(self, user: User) -> SafeString:
        """The devices of the account, and those that were taken off it."""
        story = _story(user)
        return table(
            ("Device", "Name", "First seen", "Taken off"),
            [
                *((each["id"], each["name"] or "-", minute(each["first_seen"]), "-")
                  for each in story.devices),
                *((each["id"], "-", "-", minute(each["removed"]))
                  for each in story.taken_off),
            ],
            empty="None.",
        )  # fmt: skip

    @display(description="invited by")
    def inviter(self, user: User) -> str:
        """The code that the user came by."""
        return _story(user).inviter or "nobody"

    @display(description="country")
    def country(self, user: User) -> str:
        """Where the app says that the user is."""
        return _story(user).country or "not told"

    @display(description="lacks proxies since")
    def lacks_proxies_since(self, user: User) -> str:
        """Since when no proxy has room that serves the user."""
        since = _story(user).lacks_proxies_since
        return minute(since) if since else "has them all"

    @button(
        label="Show the e-mail address",
        permission="view",
        question="The whole address will be shown to you once, and the history will say that you "
        "saw it.",
    )
    def reveal_email(self, user: User) -> Pressed:
        """Show the address to one member of staff, and note that it was shown."""
        told = f"The e-mail address is {user.email}" if user.email else "There is no e-mail address"
        return Pressed(
            f"{told}. That you saw it stands in the history.",
            history="Was shown the e-mail.",
            level=messages.INFO,
        )

    @button(
        label="Write to this address again",
        permission="act",
        question="The bounces and complaints of the address are forgotten, here and at Mandrill. "
        "Do it when its owner says that it works and that they want our mails.",
    )
    def write_again(self, user: User) -> Pressed:
        """Forget the address's bounces and complaints, and note who did it."""
        done = "Is written to again." if user.email_hash else ""
        return Pressed(write_again(user), history=done, level=messages.INFO)


def _story(user: User) -> Story:
    """The user's story, read once for a page."""
    kept = vars(user)
    if "_story" not in kept:
        kept["_story"] = story_of(user.user_id, reveal=False)
    story: Story = kept["_story"]
    return story
