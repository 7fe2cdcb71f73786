"""The process of config-server: ``granian --interface wsgi configsrv.server:application``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
django.setup(set_prefix=False)

from configsrv.cache import ConfigCache  # noqa: E402 - needs the settings
from configsrv.web import ConfigServer  # noqa: E402

_cache = ConfigCache()
_cache.start()
application = ConfigServer(_cache)
