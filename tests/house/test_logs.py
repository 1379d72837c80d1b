"""No personal data are written to a log (V-C5)."""

import datetime as dt
import json
import logging
import logging.config
from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from registry.logs import QuietFormatter, QuietJsonFormatter

#: Not written in the lines that raise, because a traceback quotes those.
WORDS = ("Key (snils)=(112-233-445 95)", "row of Иванов")


def breaks(request: HttpRequest) -> HttpResponse:
    """Raise an error like one of the database, whose text quotes a person."""
    try:
        raise ValueError(WORDS[0])
    except ValueError as error:
        raise RuntimeError(WORDS[1]) from error


breaks.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("breaks/", breaks)]
handler500 = "registry.error_pages.server_error"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_v_c5_a_failing_page_logs_where_and_what_kind_but_neither_words_nor_query() -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(QuietFormatter(settings.LOGGING["formatters"]["line"]["format"]))
    logging.getLogger().addHandler(handler)
    try:
        answer = Client(raise_request_exception=False).get("/breaks/?q=Петров")
    finally:
        logging.getLogger().removeHandler(handler)
    text = written.getvalue()
    assert answer.status_code == 500
    assert [word in text for word in ("/breaks/", "builtins.RuntimeError", "builtins.ValueError", "in breaks")] == [
        True
    ] * 4
    assert [word in text for word in ("Иванов", "112-233", "Петров", "%D0")] == [False] * 4


def test_v_c5_every_handler_of_the_installation_writes_with_that_formatter(settings: Any) -> None:
    formatters = [handler["formatter"] for handler in settings.LOGGING["handlers"].values()]
    assert [settings.LOGGING["formatters"][name]["()"] for name in formatters] == ["registry.logs.QuietFormatter"]
    assert issubclass(QuietJsonFormatter, QuietFormatter)
    django_loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("django")]
    assert [logger.name for logger in django_loggers if logger.handlers and logger.name != "django.server"] == []


def lines_of(request_id: str, log_format: str) -> tuple[str, str]:
    """Return the output of the configured handler for a failing page, and the page."""
    configured = deepcopy(settings.LOGGING)
    handler = configured["handlers"]["console"]
    written = StringIO()
    handler |= {"formatter": log_format, "stream": written}
    # Only the handler, so that the suite's loggers stay as they are.
    logging.config.dictConfig(
        {**configured, "root": {}, "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}}}
    )
    try:
        page = Client(raise_request_exception=False, headers={"X-Request-ID": request_id}).get("/breaks/")
    finally:
        logging.getLogger("django.request").handlers.clear()
    assert page["X-Request-ID"] in page.content.decode()
    return written.getvalue(), page["X-Request-ID"]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_lines_have_the_time_with_its_zone_and_the_number_that_the_page_of_the_failure_shows() -> None:
    number = "0123456789abcdef0123456789abcdef"
    text, shown = lines_of(number, "line")
    first = text.splitlines()[0].split(" ", 4)
    assert dt.datetime.fromisoformat(first[0]).utcoffset() is not None
    assert (shown, first[1:4]) == (number, ["ERROR", "django.request", f"[{number}]"])


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_v_c5_lines_as_json_are_as_quiet() -> None:
    text, shown = lines_of("forged\tнечто", "json")
    (line,) = text.splitlines()
    found = json.loads(line)
    assert dt.datetime.fromisoformat(found["time"]).utcoffset() is not None
    assert (found["level"], found["logger"], found["request"]) == ("ERROR", "django.request", shown)
    assert ("forged" in line, "builtins.RuntimeError" in found["exc_info"]) == (False, True)
    assert [word in line for word in WORDS] == [False, False]
