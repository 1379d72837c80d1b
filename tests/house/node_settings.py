"""Production settings of a node, without collected static files, because no test needs them."""

from registry.settings.production import *  # noqa: F403
from registry.settings.production import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
