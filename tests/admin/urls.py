"""The stock admin beside our own."""

from django.urls import path

from tests.store_app.admin import site

urlpatterns = [path("stock/", site.urls)]
