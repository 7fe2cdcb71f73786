"""The stock admin beside our own."""

from django.contrib import admin
from django.urls import path

from tests.store_app.admin import site

urlpatterns = [path("stock/", site.urls), path("admin/", admin.site.urls)]
