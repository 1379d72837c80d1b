"""WSGI entry point (gunicorn registry.wsgi)."""

import os

from django.core.wsgi import get_wsgi_application

from .environment import load_environment

load_environment()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.production")
application = get_wsgi_application()
