"""What staff fill in about proxies. The rules are those of lists (``proxies/entries.py``)."""

import json
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from lantern_pro.backoffice.button import LONGEST_REASON, AboutRecord
from lantern_pro.errors import InvalidParameter, LanternError
from lantern_pro.types import Cell
from proxies.entries import FIELDS, describe
from proxies.listings import Entry, Format, format_of
from proxies.models import Proxy
from proxies.records import NewProxy, ProxyRecord, State, Track
from proxies.services.changing import CHANGEABLE, look_at_change
from proxies.services.fleet import check_proxy
from proxies.services.importing import Differing
from proxies.services.states import country_codes

MOST_BYTES: Final = 2_000_000

HELP: Final = {
    "name": "Unique in its cell. Empty: pro- or fallback- and the host.",
    "addr": "Where clients reach it: host:port.",
    "capacity": "The most Pro users that are linked with it.",
    "provider": "Whose machine it is.",
    "labels": "Words of your own, by blanks.",
    "blocked_countries": "Codes by blanks, such as CN IR.",
    "city": "Where it stands, as clients show it.",
    "country": "The country's name.",
    "country_code": "Two letters, such as NL.",
    "latitude": "Degrees, north is more.",
    "longitude": "Degrees, east is more.",
    "transport": "A pluggable transport, if it has one.",
    "transport_settings": 'A JSON object: {"iat-mode": "0"}.',
    "cert": "PEM, or what its transport wants.",
    "auth_token": "What its clients send. Empty: a random one.",
}
LABELS: Final = {"addr": "Address", "cert": "Certificate", "auth_token": "Secret"}
CHOICES: Final[dict[str, list[str]]] = {
    "track": [Track.PRO.value, Track.FREE.value],
    "state": [State.ACTIVE.value, State.PROVISIONING.value],
}
LONG: Final = {"cert"}
CHANGED: Final[tuple[str, ...]] = tuple(
    each for each in FIELDS if each in CHANGEABLE - {"auth_token"}
)
"""All but the secret, which is changed by command or list."""


class InACell(forms.Form):
    """Asks for the cell, where there are several."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the field."""
        super().__init__(*args, **kwargs)
        if settings.CELLS > 1:
            self.fields["cell"] = forms.TypedChoiceField(
                coerce=int,
                choices=[(number, str(number)) for number in range(settings.CELLS)],
                widget=UnfoldAdminSelectWidget,
                help_text="Whose users it is for.",
            )

    @property
    def cell(self) -> Cell:
        """The cell that was chosen, or the only one."""
        return Cell(self.cleaned_data.get("cell", 0))


class NewProxyForm(InACell):
    """A proxy that joins the fleet; ``proxy`` when the form is valid."""

    proxy: NewProxy

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the fields."""
        super().__init__(*args, **kwargs)
        for name in sorted(FIELDS, key=lambda each: (each in LONG, each != "addr")):
            self.fields[name] = _field(name)

    def clean(self) -> dict[str, Any]:
        """Read the proxy as a list's entry is read, and tell what is wrong at its field."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        proxy, faults = describe(Entry(0, {name: told.get(name, "") for name in FIELDS}))
        for fault in faults:
            self.add_error(fault.field, fault.message)
        if proxy is not None:
            try:
                check_proxy(proxy)
            except InvalidParameter as error:
                self.add_error(error.field if error.field in self.fields else None, error.message)
            self.proxy = proxy
        return told


def _field(name: str) -> forms.Field:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    if name in CHOICES:
        choices = [(each, each) for each in CHOICES[name]]
        return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget)
    widget = (
        UnfoldAdminTextareaWidget({"rows": 3}) if name in LONG else UnfoldAdminTextInputWidget()
    )
    return forms.CharField(
        label=label,
        required=False,
        strip=name not in LONG,
        widget=widget,
        help_text=HELP[name],
        initial="100" if name == "capacity" else None,
    )


class ListForm(InACell):
    """A list of proxies, as a file or as text; ``text`` has it when the form is valid."""

    file = forms.FileField(required=False, widget=UnfoldAdminFileFieldWidget)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=UnfoldAdminTextareaWidget({"rows": 10, "spellcheck": "false"}),
        help_text="Or the list itself; a file takes its place.",
    )
    written = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[("", "by the file's name"), *((each.value, each.value) for each in Format)],
        widget=UnfoldAdminSelectWidget,
    )
    differing = forms.TypedChoiceField(
        label="Proxies that are there and differ",
        required=False,
        coerce=Differing,
        empty_value=Differing.REFUSED,
        choices=[
            (Differing.REFUSED.value, "are faults of the list"),
            (Differing.CHANGED.value, "are changed, in what the list says of them"),
        ],
        widget=UnfoldAdminSelectWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Take the file's text, and find out how it is written."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        file: UploadedFile[Any] | None = told.get("file")
        if file is not None:
            told["text"] = self._read(file)
        written = told.get("written") or (format_of(file.name or "") if file is not None else None)
        if not (told.get("text") or "").strip():
            self.add_error("text", "Choose a file, or put the list here.")
        elif not written:
            self.add_error("written", "Say how the list is written.")
        else:
            told["written"] = Format(written)
        return told

    def _read(self, file: "UploadedFile[Any]") -> str:
        if (file.size or 0) > MOST_BYTES:
            self.add_error("file", f"It is larger than {MOST_BYTES:,} bytes.")
            return ""
        try:
            return str(file.read().decode())
        except UnicodeDecodeError:
            self.add_error("file", "It is no text in UTF-8.")
            return ""


class Why(forms.Form):
    """Asks why, and takes no answer too; the button's method gets ``reason``."""

    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="It stands in the proxy's history. No names and no addresses of people.",
    )


class Changing(AboutRecord):
    """Asks what a proxy is to be; the button's method gets ``wanted`` and ``reason``."""

    wanted: NewProxy

    def __init__(self, data: Any, *, record: Proxy) -> None:
        """Make the fields, which begin with what is there, but for the certificate."""
        super().__init__(data, record=record)
        is_now = _as_fields(record.record)
        for name in CHANGED:
            self.fields[name] = _field(name)
            self.fields[name].initial = is_now.get(name, "")
        self.fields["cert"].help_text = "Empty: it stays as it is."
        self.fields["capacity"].required = True
        self.fields["reason"] = Why.base_fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Read the fields as a list's entry is read, and tell what is wrong at its field."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        proxy: ProxyRecord = self.record.record
        said = {name: told.get(name, "") for name in CHANGED}
        kept = {"name": proxy.name, "track": proxy.track.value, "state": State.ACTIVE.value}
        wanted, faults = describe(Entry(0, {**said, **kept}))
        for fault in faults:
            self.add_error(fault.field, fault.message)
        if wanted is None or self.errors:
            return told
        wanted = replace(wanted, auth_token=proxy.auth_token, cert=wanted.cert or proxy.cert)
        try:
            look_at_change(proxy, wanted)
        except LanternError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
        return {"wanted": wanted, "reason": told["reason"]}


def _as_fields(proxy: ProxyRecord) -> dict[str, str]:
    place = proxy.place
    return {
        "addr": proxy.addr,
        "capacity": str(proxy.capacity),
        "provider": proxy.provider,
        "labels": " ".join(proxy.labels),
        "city": place.city,
        "country": place.country,
        "country_code": place.country_code,
        "latitude": f"{place.latitude:g}",
        "longitude": f"{place.longitude:g}",
        "transport": proxy.transport,
        "transport_settings": json.dumps(dict(proxy.transport_settings)),
    }


class Blocking(Why):
    """Asks where; the button's method gets ``countries``."""

    countries = forms.CharField(
        widget=UnfoldAdminTextInputWidget,
        help_text="Codes by blanks, such as CN IR.",
        error_messages={"required": "Say in which countries it is blocked."},
    )
    field_order = ("countries", "reason")

    def clean_countries(self) -> list[str]:
        """Read the codes."""
        try:
            return country_codes(str(self.cleaned_data["countries"]).replace(",", " ").split())
        except InvalidParameter as error:
            raise forms.ValidationError(error.message) from error


class Unblocking(Blocking):
    """Asks where it works again; nothing means everywhere."""

    countries = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Codes by blanks, such as CN IR. Empty: in every country.",
    )
