"""The face for staff."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from lantern_pro.api.health import healthz

handler404 = "lantern_pro.backoffice.pages.not_found"

urlpatterns = [
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
]
