"""Lantern Pro: the kit below the apps, and the composition above them."""

from lantern_pro.celery import app as celery_app

__all__ = ["celery_app"]
