"""The face for staff."""

from django.contrib import admin
from django.urls import path

from lantern_pro.api.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz),
]
