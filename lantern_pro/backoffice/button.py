"""The buttons on a record's page: the one way in which staff act on a domain record.

A button names the right that it takes, asks before it acts, acts by POST alone, and enters what
was done in the record's history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from lantern_pro.backoffice import audit

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it: ``words`` for who pressed, ``history`` if there is something to record.

    ``also`` are other records in whose history it is to stand, too.
    """

    words: str
    history: str = ""
    level: int = messages.SUCCESS
    also: tuple[Model, ...] = ()


class AboutRecord(forms.Form):
    """Asks about one record, which it is told: to begin with what is there, or to offer it."""

    def __init__(self, data: Any, *, record: Any) -> None:
        """Make the form; ``record`` is the one that the button is pressed for."""
        super().__init__(data)
        self.record = record


class Reason(forms.Form):
    """Asks why; the button's method gets ``reason``."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="Everybody who sees this record reads it. No names and no addresses of people.",
        error_messages={
            "required": "Say why: whoever comes after you will want to know.",
            "max_length": f"Say it in {LONGEST_REASON} characters.",
        },
    )


def button(
    *,
    label: str,
    permission: str,
    question: str,
    asks: type[forms.Form] = forms.Form,
    variant: ActionVariant = ActionVariant.DEFAULT,
) -> Callable[[Callable[..., Pressed]], Any]:
    """Make a method of an admin a button, to be named in ``actions_detail``.

    The method takes the record and, by keyword, what the form ``asks`` asked; its name, with
    hyphens, is the address. Who lacks ``permission`` (``act``: ``has_act_permission``) is not
    shown the button and gets 403, and a record that is not there is 404.
    """

    def decorate(press: Callable[..., Pressed]) -> Any:
        @wraps(press)
        def view(admin: "ModelAdmin[Any]", request: HttpRequest, object_id: str) -> HttpResponse:
            record = admin.get_object(request, unquote(object_id))
            if record is None:
                raise Http404
            form = _form(asks, record, request)
            page = _address(admin, object_id)
            if not form.is_valid():
                told = {"title": label, "question": question, "form": form, "page": page}
                return _asked(admin, request, told | {"dangerous": dangerous})
            _pressed(request, record, press(admin, record, **form.cleaned_data))
            return _led_to(page, request)

        dangerous = variant is ActionVariant.DANGER
        shown = action(
            description=label,
            permissions=[permission],
            url_path=press.__name__.replace("_", "-"),
            variant=variant,
        )(view)
        shown.dialog = {"title": label}  # its link opens what the view answers in a dialog
        return shown

    return decorate


def _form(asks: type[forms.Form], record: Model, request: HttpRequest) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    return asks(data, record=record) if issubclass(asks, AboutRecord) else asks(data)


def _asked(admin: "ModelAdmin[Any]", request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    """The question, for the dialog; in a tab of its own, as a page."""
    if _in_dialog(request):
        return render(request, "backoffice/dialog.html", told | {"in_dialog": True})
    return render(
        request, "backoffice/dialog_page.html", admin.admin_site.each_context(request) | told
    )


def _pressed(request: HttpRequest, record: Model, pressed: Pressed) -> None:
    """Enter it in the history, then tell who pressed."""
    for subject in (record, *pressed.also) if pressed.history else ():
        audit.record(staff_id=request.user.pk or 0, subject=subject, message=pressed.history)
    messages.add_message(request, pressed.level, pressed.words)


def _led_to(page: str, request: HttpRequest) -> HttpResponse:
    """Send the browser on; a dialog's script follows a header of its own."""
    return HttpResponse(headers={"HX-Redirect": page}) if _in_dialog(request) else redirect(page)


def _in_dialog(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _address(admin: "ModelAdmin[Any]", object_id: str) -> str:
    options = admin.opts
    name = f"{admin.admin_site.name}:{options.app_label}_{options.model_name}_change"
    return reverse(name, args=(object_id,))
