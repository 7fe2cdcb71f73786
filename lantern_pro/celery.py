"""The Celery application: a bell that wakes workers."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")

app = Celery("lantern_pro")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
