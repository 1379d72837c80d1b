"""Settings of the tests: SQLite in a file or PostgreSQL by DATABASE_URL, fast hashes, e-mail in memory."""

import atexit
import shutil
import tempfile
from pathlib import Path

from .base import *  # noqa: F403
from .base import DATABASES, DEMO_SECRET, STORAGES

DEBUG = False
DEMO = True
EXCHANGE_NETWORKS = ["127.0.0.0/8"]
SECRET_KEY = DEMO_SECRET
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Argon2 is slow by design; tests of the hasher select it themselves.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "registry.accounts.hashing.PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Every test client builds its own middleware; scanning all static files for each takes a sixth of the time.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 3600
# Starting processes takes longer than rendering the few sheets of a test.
PRINT_PROCESSES = 1
EMAIL_PER_MINUTE = 0
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# One directory per process, removed at its end (xdist workers do not run atexit: see tests/conftest.py).
TEST_ROOT = Path(tempfile.mkdtemp(prefix="registry-test-"))
atexit.register(shutil.rmtree, TEST_ROOT, ignore_errors=True)
FILES_ROOT = TEST_ROOT / "files"
STATIC_ROOT = TEST_ROOT / "static"
STATIC_ROOT.mkdir()
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file as in real installations: a database in memory has no second connection and no WAL.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_ROOT / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    # A suite sends thousands of statements, with a new name for each savepoint. With the default of 128 prepared
    # statements most are evicted before they are used again; preparing them again takes a fiftieth of the suite.
    DATABASES["default"]["OPTIONS"]["cached_statements"] = 2000
