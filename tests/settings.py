"""The project's settings, and the little app of test models."""

from lantern_pro.settings import *  # noqa: F403
from lantern_pro.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.store_app"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests call as often as they like; those of the limits set their own figures.
CALLS_PER_MINUTE = SIGN_UPS_PER_NETWORK = GUESSES_PER_HOUR = 1_000_000
PAYMENTS_PER_HOUR = MAILS_PER_HOUR = RECEIPT_GUESSES_PER_WEEK = 1_000_000

# Rings go to nobody: a queue on the tests' Redis would be filled behind a test's back.
CELERY_BROKER_URL = "memory://"
