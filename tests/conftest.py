"""Fixtures of all tests: separate files, no outside network, settings of hypothesis."""

import gc
import hashlib
import ipaddress
import itertools
import os
import pickle
import shutil
import socket
import threading
from collections.abc import Iterator
from copy import copy
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connections
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.template import Context, Template
from django.test import Client, SimpleTestCase, TestCase, TransactionTestCase, client
from django.test.utils import ContextList
from django.urls import base
from django.utils import timezone, translation
from django.utils.translation import trans_real
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from documents.printing.engine import layout
from documents.printing.engine.sheets import Sheets
from registry.files import marks
from registry.searches import FOUND
from tests import costs, emptying, worlds
from tests.documents import pdfs
from tests.installation import installation, migrated

__all__ = ["installation", "migrated"]

# A loaded machine is not a defect; use the same examples every time, so that a failure can be repeated.
hypothesis_settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")


def examples(number: int) -> int:
    """Return the number of examples; a sixth of it on PostgreSQL, where more would only repeat the same statements."""
    return number if "DATABASE_URL" not in os.environ else max(number // 6, 3)


#: Counter of the directories in which tests store files.
_stores = itertools.count()

#: The longest test files, started first so that the processes of the suite end together. The first one prepares the
#: installation that others would wait for.
LONGEST = (
    "house/test_backup.py", "house/test_url_scope.py", "documents/papers/test_extremes.py",
    "house/test_lost_nodes.py", "house/test_replica.py", "house/test_restore_beside.py",
    "documents/printing/test_fixed.py", "documents/papers/test_papers.py", "documents/ecards/test_deliveries.py",
    "dues/partners/test_partners.py", "house/test_undone_acts.py", "house/test_database_restarts.py",
    "members/lists/test_screens.py", "documents/papers/test_blank_papers.py", "house/test_transitions_by_role.py",
    "documents/printing/test_printing.py", "documents/printing/test_contract.py", "members/lists/test_bounds.py",
    "members/test_whole_life.py", "house/test_commands.py", "house/test_former_release.py",
    "documents/printing/test_killed_worker.py", "registry/organizations/test_lifecycle_sequences.py",
    "dues/test_sequences.py", "dues/test_recount.py", "dues/test_any_operations.py", "dues/test_posting_at_once.py",
    "dues/test_killed_posting.py", "dues/test_rows_of_pages.py", "documents/tickets/test_sequences.py",
    "house/test_pressed_twice.py",
    "registry/test_plans.py", "registry/test_admin_scope.py", "house/test_drill.py",
    "house/test_backup_of_buckets.py", "house/test_tampering_rows.py", "house/test_several_nodes.py",
    "documents/printing/test_memory.py", "documents/printing/test_joining.py", "registry/accounts/test_fair_turns.py",
    "house/test_guards_one_by_one.py", "members/people/test_cards.py", "documents/consents/test_withdrawals.py",
    "members/lists/test_batches.py", "house/test_backup_interrupted.py", "house/test_integrity_finds.py",
    "members/meetings/test_meetings.py", "house/test_integrity_of_one.py", "house/test_words.py",
    "dues/bank/test_client_bank_bounds.py", "documents/ecards/test_features_meet.py",
    "house/test_personal_data_ends.py", "dues/test_bad_money.py", "documents/consents/test_destroying.py",
    "members/people/test_photos.py", "registry/campaigns/test_formulas.py", "dues/payroll/test_lists.py",
    "members/meetings/test_meeting_pages.py", "registry/test_page_costs.py", "house/test_package.py",
    "documents/tickets/test_features_meet.py", "members/movement/test_organizations_end.py",
    "documents/printing/test_workers.py", "members/lists/test_cases.py", "documents/papers/test_dues_papers.py",
    "registry/organizations/test_organization_pages.py", "registry/campaigns/test_pages.py",
    "documents/rights/test_extract.py", "documents/consents/test_lawful.py", "documents/ecards/test_card_pages.py",
    "browser/test_accessibility.py", "browser/test_accessibility_of_roles.py",
    "browser/test_accessibility_of_displays.py", "browser/test_journeys.py", "browser/test_admission.py",
    "browser/test_without_javascript.py", "browser/test_bank.py",
)  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that prints the costs of the suite."""
    parser.addoption(
        "--costs", action="store_true", help="print the processor time of the tests and the dearest modules"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Count the time if requested."""
    if config.getoption("costs"):
        config.pluginmanager.register(costs.Costs(config, {f"tests/{name}" for name in LONGEST}))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the longest files first, and deselect tests that do not depend on the database of this run."""
    order = {Path(__file__).parent / name: position for position, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
    if "DATABASE_URL" in os.environ:
        left = [item for item in items if _asks_the_database(item)]
    else:
        left = [item for item in items if item.get_closest_marker("postgresql") is None]
    kept = set(left)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = left


def _asks_the_database(item: pytest.Item) -> bool:
    of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    opened = {"db", "transactional_db", "django_db_setup", "migrated"} & set(getattr(item, "fixturenames", ()))
    return of_django or bool(opened) or item.get_closest_marker("django_db") is not None


# No test is asynchronous. On every access to the connection, the language and the URLconf Django checks whether the
# code is, and takes a lock: 4 % of a test's time.
connections._connections, caches._connections = threading.local(), threading.local()
trans_real._active, timezone._active = threading.local(), threading.local()
base._urlconfs, base._prefixes = threading.local(), threading.local()

# Collecting ten thousand tests leaves little garbage.
gc.disable()


def pytest_collection_finish() -> None:
    """Exclude everything loaded by now from garbage collection, which would take an eighth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure() -> None:
    """Delete the files and the database file of this process."""
    if settings.configured:
        shutil.rmtree(settings.TEST_ROOT, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_outside_network() -> Iterator[None]:
    """Fail a test that calls another host."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = "127.0.0.1" if address[0] == "localhost" else address[0]
            if not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test called {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of the suite, with the worlds loaded into it."""
    with django_db_blocker.unblock():
        worlds.make_all()


@pytest.fixture(scope="session", autouse=True)
def keys_checked_where_it_is_cheap() -> Iterator[None]:
    """After a test, check foreign keys only on PostgreSQL, which checks the written rows; SQLite would scan all tables,
    thousands of times.
    """

    def checks(test: type[TestCase], of: Any) -> bool:
        return of.vendor == "postgresql" and not of.needs_rollback and of.is_usable()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestCase, "_should_check_constraints", classmethod(checks))
        yield


@pytest.fixture(scope="session", autouse=True)
def emptied_in_no_time() -> Iterator[None]:
    """Empty only tables that have rows, after tests that commit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages_alone() -> Iterator[None]:
    """Keep only the page's own context of a response: Django's client copies that of each included part, of which a
    page has dozens.
    """

    def keep(store: dict[str, Any], signal: Any, sender: Any, template: Template, context: Context, **_: Any) -> None:
        if "context" not in store:
            store.update(templates=[template], context=ContextList([copy(context)]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", keep)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_turned_once() -> Iterator[None]:
    """Cache the conversion of a statement's placeholders for SQLite, for which Django scans the whole text every
    time.
    """
    turn = SQLiteCursorWrapper.convert_query
    turned = lru_cache(2000)(partial(turn, None))

    def remembered(self: SQLiteCursorWrapper, query: str, *, param_names: Any = None) -> str:
        return turned(query) if param_names is None else turn(self, query, param_names=param_names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteCursorWrapper, "convert_query", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def laid_out_once() -> Iterator[dict[bytes, bytes]]:
    """Cache the layout of equal sheets: the PDF is the same to the byte. Tests of the engine itself clear the cache."""
    made: dict[bytes, bytes] = {}
    lay_out = layout.lay_out

    def kept(sheets: Sheets) -> bytes:
        key = hashlib.sha256(pickle.dumps(sheets)).digest()
        if key not in made:
            made[key] = lay_out(sheets)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "lay_out", kept)
        yield made


@pytest.fixture
def not_laid_out() -> Iterator[None]:
    """Skip the layout in tests that print and do not read the paper."""
    with pdfs.not_laid_out():
        yield


@pytest.fixture(autouse=True)
def own_files(settings: Any) -> Path:
    """Store the files of a test in a separate directory, created by the first file.

    `tmp_path` reads all directories of earlier tests, which after some thousands takes 10 ms.
    """
    settings.FILES_ROOT = settings.TEST_ROOT / "stores" / str(next(_stores))
    return settings.FILES_ROOT


@pytest.fixture(autouse=True)
def nobody_asks_whose_the_store_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the directory of a test as its own store; `tests/registry/files/test_marks.py` tests other stores."""
    monkeypatch.setattr(marks, "check_own", lambda: None)


@pytest.fixture(autouse=True)
def language_of_the_installation() -> None:
    """Reset the language, because a request leaves that of its account in the thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def searches_lead_to_their_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `client.get(page, {"q": …})` return the list: the words are stored in the session, and the address has a
    token.
    """
    get = Client.get

    def followed(self: Client, *args: Any, **values: Any) -> Any:
        answer = get(self, *args, **values)
        if answer.status_code == 303 and f"{FOUND}=" in answer.get("Location", ""):
            further = {name: value for name, value in values.items() if name not in {"data", "query_params"}}
            return get(self, answer["Location"], **further)
        return answer

    monkeypatch.setattr(Client, "get", followed)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Clear caches: row ids restart on SQLite, so counts of another test's appointment could be taken for one's own."""
    cache.clear()


@pytest.fixture
def several_connections(transactional_db: None) -> None:
    """Commit data, for tests with threads."""
