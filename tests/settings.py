"""The project's settings, and the little app of test models."""

from lantern_pro.settings import *  # noqa: F403
from lantern_pro.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.store_app"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
