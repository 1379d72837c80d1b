"""Settings common to all installations; the rest comes from the environment (docs/deploy.md lists the variables)."""

import os
from pathlib import Path

import environ
from csp.constants import NONCE, SELF
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

from registry.collector import Address
from registry.environment import cache_of, pooled, replica_of, store_of
from registry.places import DATA, IS_CHECKOUT, ROOT

env = environ.Env()
BASE_DIR = ROOT
# For an installed package the current directory, because people's files do not belong among its code.
VAR_DIR = Path(env("REGISTRY_VAR", default=str(BASE_DIR / "var" if IS_CHECKOUT else Path("var").resolve())))

DEMO_SECRET = "demonstration-secret-never-for-real-people"
DEMO_FIELD_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
DEMO_EVIDENCE_KEY = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
#: Secret of the second factor of one demonstration account, in hexadecimal.
DEMO_SECOND_FACTOR = "64656d6f2d7265657374722d323032362d767478"

INSTALLED_APPS = [
    "registry.apps.RegistryConfig",
    "members.apps.MembersConfig",
    "dues.apps.DuesConfig",
    "documents.apps.DocumentsConfig",
    "registry.apps.RegistryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "simple_history",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "django_guid",
]

MIDDLEWARE = [
    # First, so that every log line of a request has its number.
    "django_guid.middleware.guid_middleware",
    "registry.upkeep.middleware.FiguresMiddleware",
    # Before everything that uses scheme or host.
    "registry.forwarded.ForwardedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registry.middleware.NoStoreMiddleware",
    "registry.middleware.QuietSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the CSRF check, which reads the submitted form.
    "registry.middleware.TooLongMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.middleware.SessionLifetimeMiddleware",
    "registry.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "registry.middleware.ActorMiddleware",
    "registry.middleware.SearchMiddleware",
    "registry.middleware.WrongMethodMiddleware",
    "registry.middleware.LostRaceMiddleware",
    "registry.middleware.FirstLoginMiddleware",
    "registry.middleware.AskAgainMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "registry.urls"
WSGI_APPLICATION = "registry.wsgi.application"
AUTH_USER_MODEL = "registry.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Map message levels to the tones of the components.
MESSAGE_TAGS = {
    message_levels.DEBUG: "info",
    message_levels.INFO: "info",
    message_levels.SUCCESS: "ok",
    message_levels.WARNING: "warn",
    message_levels.ERROR: "bad",
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [DATA / "templates"],
        "OPTIONS": {
            # Kept in memory, as by default.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["registry.template_loaders.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "registry.context_processors.shell",
            ],
        },
    }
]
FORM_RENDERER = "registry.components.forms.Renderer"

# DATABASE_URL is the only difference between SQLite and PostgreSQL.
DATABASE_URL = env("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'registry.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
# Maximum connections of a web process, and the kind of a pooler (PgBouncer) in front of PostgreSQL (docs/deploy.md).
DATABASE_POOL, DATABASE_POOLER = env.int("DATABASE_POOL", default=0), env("DATABASE_POOLER", default="")
# Number of servers that run the registry, for the calculations of `doctor`.
NODES = env.int("NODES", default=1)
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
# A connection closed by a database restart is replaced before it is used again.
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers wait instead of failing: a transaction takes the write lock at its start.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            # Deleted rows are overwritten with zeros.
            "PRAGMA secure_delete=ON;",
        }
    )
else:
    # Seconds and milliseconds after which a server that vanished silently counts as lost.
    for _name, _value in {"connect_timeout": 10, "tcp_user_timeout": 30_000}.items():
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault(_name, _value)
    # For solid-state disks. With the default for spinning disks, PostgreSQL reads the cards of the whole federation for
    # the statistics of a region although an index has them. A pooler refuses this option; then set it for the role
    # (docs/deploy.md).
    if not DATABASE_POOLER:
        DATABASES["default"]["OPTIONS"].setdefault("options", "-c random_page_cost=1.1")
# A replica for reading, and its maximum lag in seconds (docs/adr/0024).
REPLICA_URL = env("REPLICA_URL", default="")
REPLICA_MAX_LAG = env.float("REPLICA_MAX_LAG", default=10)
if REPLICA_URL:
    DATABASES["replica"] = replica_of(env.db_url_config(REPLICA_URL), DATABASES["default"], pooler=DATABASE_POOLER)
    DATABASE_ROUTERS = ["registry.replicas.Router"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The threads of a web process may share connections; a worker needs one for each of its threads at any time.
    _most = DATABASE_POOL if "REGISTRY_WEB" in os.environ else 0
    DATABASES = {name: pooled(one, most=_most, pooler=DATABASE_POOLER) for name, one in DATABASES.items()}

# Contains only counts, which can be counted again. In the memory of each process, or shared by several nodes.
CACHES = {"default": cache_of(env("CACHE_URL", default=""), env("SECRET_KEY", default=DEMO_SECRET))}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["registry.accounts.hashing.PasswordHasher"]
# Threads of a web server process, as started by registry/gunicorn_conf.py.
WEB_THREADS = env.int("WEB_THREADS", default=4)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "registry.accounts.rules.passwords.NotLikeItsOwner",
        "OPTIONS": {"user_attributes": ("login", "surname", "given_name", "patronymic", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "registry.accounts.rules.passwords.NotCommon"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
# Days for which a one-time password handed over on paper is valid (U-2).
ONE_TIME_PASSWORD_DAYS = env.int("ONE_TIME_PASSWORD_DAYS", default=14)
# Roles that must have a second factor: administrators in every organisation, others above the organisations that keep
# the cards (docs/deploy.md).
SECOND_FACTOR_REQUIRED = env.list("SECOND_FACTOR_REQUIRED", default=[])

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "registry.accounts.views.session.locked_out"
AXES_RESET_ON_SUCCESS = True
# Further attempts do not prolong the lockout, because the page shows when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
# Attempts are counted by a digest, because users sometimes type a password as their login.
AXES_USERNAME_CALLABLE = "registry.accounts.transitions.sessions.attempt_key"
AXES_VERBOSE = False
# Our proxy appends the client's address to the header; earlier entries can be forged.
AXES_CLIENT_IP_CALLABLE = "registry.accounts.transitions.sessions.attempt_address"
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
# The attempt log would store typed user names and paths; our own journal records sign-ins.
AXES_DISABLE_ACCESS_LOG = True

SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
# A session ends this long after sign-in, regardless of activity; typed text is kept (ADR 6).
SESSION_LIFETIME = env.int("SESSION_HOURS", default=12) * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
# Maximum number of people of other organisations that the check for duplicates shows an account in a day (N-A1).
FOREIGN_HITS_A_DAY = env.int("FOREIGN_HITS_A_DAY", default=50)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "registry.error_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "registry" / "locale"]
USE_I18N = True
TIME_ZONE = env("TIME_ZONE", default="Europe/Moscow")
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [DATA / "static", ("guides", DATA / "docs" / "images" / "guides")]
STATIC_ROOT = VAR_DIR / "static"
# Scans, photographs and results of jobs: outside the web root, served only after a permission check. A directory, or a
# bucket shared by several nodes (docs/deploy.md).
FILES_ROOT, _FILES = store_of(env("FILES_URL", default=""), VAR_DIR / "files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "files": _FILES,
}

# Maximum bytes of a form without its files. A Cyrillic letter takes six, and parsing a million of them takes a tenth of
# a second.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
# 12 MB: the largest list of members we accept is 10 MB (practice 4.3).
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# One queue for each lane of jobs (registry/jobs/enums.py).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "short"]}}
# Maximum number of open jobs of an account.
OPEN_JOBS_OF_ACCOUNT = env.int("OPEN_JOBS_OF_ACCOUNT", default=6)

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="registry@localhost")
# The address to which undeliverable e-mails are returned; by default that of EMAIL_FROM.
EMAIL_BOUNCES = env("EMAIL_BOUNCES", default="")
# The mailbox with returned e-mails, read once a day and by `read_bounces`: imaps://user:password@host/INBOX,
# imap+tls://…, maildir:///path or mbox:///path.
BOUNCES_URL = env("BOUNCES_URL", default="")
# Maximum number of e-mails that this computer sends in a minute; 0 sets no limit. The file contains the times of
# sending.
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=60)
MAIL_TURNS = VAR_DIR / "mail-turns"

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_FILEFIELD_TO_CHARFIELD = True

# The first key encrypts, all keys decrypt: to rotate, put a new key in front (docs/deploy.md).
FIELD_KEYS = env.list("FIELD_KEYS", default=[DEMO_FIELD_KEY])
# Keys of the digests that reveal changes outside the registry; kept outside the database (docs/adr/0020). The first one
# makes digests, all verify.
EVIDENCE_KEYS = env.list("EVIDENCE_KEYS", default=[DEMO_EVIDENCE_KEY])
# Limits of /healthz: waiting time of the oldest job, free disk space.
MONITOR_QUEUE_SECONDS = env.int("MONITOR_QUEUE_SECONDS", default=15 * 60)
MONITOR_FREE_MB = env.int("MONITOR_FREE_MB", default=500)
# Number of processes that render papers; each uses a core and some memory.
PRINT_PROCESSES = env.int("PRINT_PROCESSES", default=min(os.cpu_count() or 1, 4))
# The age public key for which backups are encrypted; its secret key is not kept on the server.
BACKUP_RECIPIENT = env("BACKUP_RECIPIENT", default="")
# Internal networks to which messages to the bonus programme may be sent, and a file with additional trusted
# certificates (docs/deploy.md).
EXCHANGE_NETWORKS = env.list("EXCHANGE_NETWORKS", default=[])
EXCHANGE_CA_FILE = env("EXCHANGE_CA_FILE", default="")
SITE_ADDRESS = env("SITE_ADDRESS", default="http://127.0.0.1:8000")

# The proxy numbers each request, or we do; log lines and error pages show the number.
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "EXPOSE_HEADER": False}

# Failures are reported to a collector of errors: classes, files, functions and lines, never values.
ERROR_COLLECTOR_DSN = env("ERROR_COLLECTOR_DSN", default="")
ERROR_COLLECTOR_FUNCTION = env("ERROR_COLLECTOR_FUNCTION", default="")
if ERROR_COLLECTOR_DSN:
    try:
        Address.of(ERROR_COLLECTOR_DSN)
    except ValueError as _error:
        raise ImproperlyConfigured(f"ERROR_COLLECTOR_DSN {_error}.") from None
_COLLECTOR = {
    "collector": {
        "class": "registry.collector.Handler",
        "filters": ["refusals"],
        "dsn": ERROR_COLLECTOR_DSN,
        "function": ERROR_COLLECTOR_FUNCTION,
    }
}
_HANDLERS = _COLLECTOR if ERROR_COLLECTOR_DSN or ERROR_COLLECTOR_FUNCTION else {}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "number": {"()": "django_guid.log_filters.CorrelationId", "correlation_id_field": "request"},
        "refusals": {"()": "registry.logs.OneLineRefusals"},
    },
    "formatters": {
        "line": {
            "()": "registry.logs.QuietFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s",
        },
        "json": {
            "()": "registry.logs.QuietJsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request)s %(message)s",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "json_ensure_ascii": False,
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env("LOG_FORMAT", default="line"),
            "filters": ["number", "refusals"],
        },
        **_HANDLERS,
    },
    # The console's filters replace the request by its number, so it comes last.
    "root": {"handlers": [*_HANDLERS, "console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # These log typed values, font paths or glyphs; no personal data may reach a log.
        "axes": {"level": "ERROR"},
        # Adds a line for each request, without a number.
        "django_guid": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "ERROR"},
        # Django's own handlers log to the console with DEBUG on and mail the whole request with DEBUG off.
        "django": {"handlers": [], "level": "INFO"},
        # Internet scanners cause one of these every minute.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
