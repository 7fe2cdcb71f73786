"""The pages of the admin on which proxies join the fleet: one by a form, or many by a list."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from lantern_pro.backoffice import audit
from lantern_pro.errors import LanternError
from lantern_pro.types import ProxyId
from proxies.entries import FIELDS
from proxies.forms import ListForm, NewProxyForm
from proxies.models import Proxy
from proxies.services.fleet import add_proxy
from proxies.services.importing import Report, import_list, look_at_list

MOST_AT_ONCE: Final = 500
"""By the page: each is entered in the history, and somebody waits for it. A command takes more."""
LIST: Final = "admin:proxies_proxy_changelist"
WORDS: Final = {"new": "new", "changed": "changed", "there": "there already, just so"}


class JoiningPages:
    """A part of ``ProxyAdmin``."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """The page of a list, before those of records."""
        page = path(
            "import/", self.admin_site.admin_view(self.import_view), name="proxies_proxy_import"
        )
        return [page, *super().get_urls()]  # type: ignore[misc]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Add one proxy."""
        del form_url, extra_context
        self._admit(request)
        form = NewProxyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                added = add_proxy(form.cell, form.proxy)
            except LanternError as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                if added.new:
                    _enter_in_history(request, added.proxy_id, "Was added.")
                words = "was added" if added.new else "was there already, just so"
                messages.success(request, f"The proxy {form.proxy.name} {words}.")
                return redirect("admin:proxies_proxy_change", added.proxy_id)
        return self._page(request, "proxies/new_proxy.html", {"title": "Add a proxy", "form": form})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Look what a list would do, and then do it."""
        self._admit(request)
        form = ListForm(request.POST or None, request.FILES or None)
        told: dict[str, Any] = {
            "title": "Import a list of proxies",
            "fields": FIELDS[:1] + FIELDS[2:],
        }
        if not form.is_valid():
            return self._page(request, "proxies/import_list.html", {**told, "form": form})
        text, written = form.cleaned_data["text"], form.cleaned_data["written"]
        differing = form.cleaned_data["differing"]
        report = look_at_list(form.cell, text, written, differing)
        if report.count("new") + report.count("changed") > MOST_AT_ONCE:
            form.add_error(
                "text", f"More than {MOST_AT_ONCE} to write: use manage.py import_proxies."
            )
        elif request.POST.get("step") == "import" and not report.faults:
            report = import_list(form.cell, text, written, differing)
            _enter_list_in_history(request, report)
            if not report.faults:
                messages.success(request, _done(report))
                return redirect(LIST)
        told_again = {"written": written.value, "differing": differing.value}
        shown = ListForm(initial={**form.cleaned_data, **told_again})
        told |= _shown(report) | {"form": form if form.errors else shown}
        return self._page(request, "proxies/import_list.html", told)

    def _admit(self, request: HttpRequest) -> None:
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied

    def _page(self, request: HttpRequest, template: str, told: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "back": reverse(LIST),
            **told,
        }
        return render(request, template, context)


def _shown(report: Report) -> dict[str, Any]:
    if report.faults:
        rows = [[fault.line, fault.field or "-", fault.message] for fault in report.faults]
        table = {"headers": ["line", "field", "what is wrong"], "rows": rows}
    else:
        rows = [
            [line.line, line.name, ", ".join(line.differs) or WORDS[line.outcome]]
            for line in report.lines
        ]
        table = {"headers": ["line", "proxy", "is"], "rows": rows}
    return {
        "report": report,
        "table": table,
        "new": report.count("new"),
        "changed": report.count("changed"),
        "writes": report.count("new") + report.count("changed"),
        "there": report.count("there"),
    }


def _done(report: Report) -> str:
    changed = report.count("changed")
    words = f"{report.count('new')} proxies were added"
    return f"{words}, and {changed} changed." if changed else f"{words}."


def _enter_list_in_history(request: HttpRequest, report: Report) -> None:
    for line in report.lines:
        if line.proxy_id is None or line.outcome == "there":
            continue
        differs = ", ".join(line.differs)
        words = "Was added." if line.outcome == "new" else f"Was changed: {differs}: by a list"
        _enter_in_history(request, line.proxy_id, words)


def _enter_in_history(request: HttpRequest, proxy_id: ProxyId, words: str) -> None:
    audit.record(
        staff_id=request.user.pk or 0, subject=Proxy.objects.get(pk=proxy_id), message=words
    )
