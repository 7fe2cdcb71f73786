"""pro-server's WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")

application = get_wsgi_application()
