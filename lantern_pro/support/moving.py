"""Moving one user from one of their proxies to another: what staff are asked, and what is done."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from lantern_pro.backoffice.button import LONGEST_REASON, AboutRecord, Pressed, button
from lantern_pro.errors import LanternError
from lantern_pro.types import ProxyId
from proxies import links
from proxies.models import Proxy
from proxies.records import ProxyRecord
from proxies.services.moving import move_user, where_to
from proxies.services.states import find_proxy
from proxies.services.telling import place_in_words, users_in_words

MOVED: Final = "Was moved from {leave} to {gain}: {reason}"


class Moving(AboutRecord):
    """Asks from which proxy to which; the button's method gets both, and ``reason``."""

    leave = forms.TypedChoiceField(label="From", coerce=int, widget=UnfoldAdminSelectWidget)
    gain = forms.CharField(
        label="To",
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": "Say which proxy they shall have instead: its name or its id."},
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text="It stands in the user's history. No names and no addresses of people.",
        error_messages={"required": "Say why: whoever comes after you will want to know."},
    )

    def __init__(self, data: Any, *, record: User) -> None:
        """Offer the user's own proxies, and name some that have room."""
        super().__init__(data, record=record)
        own = Proxy.objects.records(Proxy.objects.of_user(record.user_id))
        leave, gain = self.fields["leave"], self.fields["gain"]
        leave.choices = [(each.id, _words(each)) for each in own]  # type: ignore[attr-defined]
        leave.help_text = f"Moves so far: {moves_in_words(record)}. This one may go beyond it."
        near = where_to(record.user_id)
        gain.help_text = "A name or an id."
        if near:
            gain.help_text += f" Such as {'; '.join(_words(each) for each in near)}."

    def clean_gain(self) -> ProxyRecord:
        """Find the proxy."""
        try:
            return find_proxy(str(self.cleaned_data["gain"]).strip())
        except LanternError as error:
            raise forms.ValidationError(error.message) from error


class MovingUsers:
    """A part of the page about a user."""

    @display(description="moved off a proxy")  # type: ignore[untyped-decorator]
    def moves(self, user: User) -> str:
        """How often the user was moved lately, and how often that may be."""
        return moves_in_words(user)

    @button(
        label="Move to another proxy",
        permission="act",
        question="The user leaves one of their proxies and gains another, in one step: both learn "
        "of it at once, the user's app with its next configuration. It counts as a move.",
        asks=Moving,
    )
    def move(self, user: User, *, leave: int, gain: ProxyRecord, reason: str) -> Pressed:
        """Move the user off one proxy to another, and note who did it and why."""
        return _move(user, leave=leave, gain=gain, reason=reason)


def _move(user: User, *, leave: int, gain: ProxyRecord, reason: str) -> Pressed:
    """Move the user; what came of it."""
    [left] = Proxy.objects.records([ProxyId(leave)])
    try:
        move_user(user.user_id, leave=left.id, gain=gain.id)
    except LanternError as error:
        return Pressed(error.message, level=messages.WARNING)
    return Pressed(
        f"The user has {gain.name} instead of {left.name}. Their app learns of it within a minute "
        "or so.",
        history=MOVED.format(leave=left.name, gain=gain.name, reason=reason),
    )


def moves_in_words(user: User) -> str:
    """How often the user was moved in a day, of how often they are."""
    return f"{links.moves_of(user.user_id)} of {settings.MOVES_PER_DAY} a day"


def _words(proxy: ProxyRecord) -> str:
    return f"{proxy.name} ({place_in_words(proxy)}, {users_in_words(proxy)} users)"
