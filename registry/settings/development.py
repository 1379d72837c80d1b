"""Settings of the demonstration and for development, only on this computer."""

from .base import *  # noqa: F403
from .base import DEMO_SECRET, STORAGES, VAR_DIR, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default=DEMO_SECRET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
DEMO = True
# For `manage.py receive_messages`, which receives the messages on this computer.
EXCHANGE_NETWORKS = env.list("EXCHANGE_NETWORKS", default=["127.0.0.0/8"])
VAR_DIR.mkdir(parents=True, exist_ok=True)
