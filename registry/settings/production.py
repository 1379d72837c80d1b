"""Settings of an installation with real data; it does not start with values of the demonstration."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import DEMO_EVIDENCE_KEY, DEMO_FIELD_KEY, DEMO_SECRET, EVIDENCE_KEYS, FIELD_KEYS, SITE_ADDRESS, env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DEMO = False
# An empty value switches it off; people with these roles set it up at the next sign-in.
SECOND_FACTOR_REQUIRED = env.list(
    "SECOND_FACTOR_REQUIRED", default=["administrator", "chair", "deputy", "registrar", "reviewer"]
)

_requirements = [
    (DEBUG, "DEBUG must be off."),
    (not SECRET_KEY or SECRET_KEY == DEMO_SECRET, "SECRET_KEY must be set to a secret of your own."),
    (len(SECRET_KEY) < 50, "SECRET_KEY must have at least 50 characters."),
    (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS, "ALLOWED_HOSTS must name the hosts of this registry."),
    (
        not env("DATABASE_URL", default=""),
        "DATABASE_URL must name the database of this registry (postgres://user:password@host:port/name).",
    ),
    (DEMO_FIELD_KEY in FIELD_KEYS, "FIELD_KEYS must hold a key of your own (manage.py make_key)."),
    (DEMO_EVIDENCE_KEY in EVIDENCE_KEYS, "EVIDENCE_KEYS must hold a key of your own (manage.py make_key)."),
]
_errors = [message for violated, message in _requirements if violated]
if _errors:
    raise ImproperlyConfigured(" ".join(_errors))

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
# Local monitoring asks gunicorn directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# For ports other than 443, which a request without TLS does not know.
SECURE_SSL_HOST = netloc if (netloc := urlsplit(SITE_ADDRESS).netloc).rpartition(":")[2].isdigit() else None
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Cookies that no other host of the domain and no page without TLS can set.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
MESSAGE_STORAGE = "registry.display.HostMessages"
