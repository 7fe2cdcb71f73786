"""What the back office answers where it has no page."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that leads staff back (``handler404``)."""
    del exception
    told = {**admin.site.each_context(request), "title": "Page not found"}
    return render(request, "backoffice/not_found.html", told, status=404)
