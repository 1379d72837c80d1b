"""The cache shared by several nodes: all processes see its values, and an unreachable server counts as a miss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from registry import caches as shared
from registry.access import Actor
from registry.environment import CACHE_TABLE, cache_of
from registry.organizations import queries
from registry.tasks import known_counts, outdate_counts, remember_counts
from registry.upkeep import doctor
from tests.installation import ROOT
from tests.members import places
from tests.registry import trees

from .redis import redis_server

__all__ = ["redis_server"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared_cache(redis_server: str, settings: Any) -> str:
    """Use the server for the cache of the test."""
    settings.CACHES = {"default": cache_of(redis_server, "secret")}
    cache.clear()
    return redis_server


def said() -> list[tuple[str, bool]]:
    return [(one.words, one.stops) for one in doctor.run_preflight("cache")]


#: Script of a second process with the same cache, which forgets one value and counts another.
_OTHER = """
import json, sys, django
django.setup()
from django.core.cache import cache
print(json.dumps([cache.get("seen"), cache.get("pairs")]))
cache.delete("seen")
cache.set("told", {"members": 7}, 60)
"""


def test_another_process_sees_what_is_counted_here(shared_cache: str) -> None:
    cache.set("seen", {"members": 5}, 60)
    cache.set("pairs", [(1, {"a": 2})], 60)
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "registry.settings.development", "CACHE_URL": shared_cache, "SECRET_KEY": "secret",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _OTHER], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == [{"members": 5}, [[1, {"a": 2}]]]
    assert (cache.get("seen"), cache.get("told")) == (None, {"members": 7})


def test_counts_of_the_navigation_are_kept_and_outdated_there(shared_cache: str) -> None:
    chair: Actor = trees.officer(trees.head())
    remember_counts(chair, 3, {"members": 10, "applications": 2})
    counts = known_counts(chair)
    assert (dict(counts.shown), counts.new) == ({"tasks": 3, "members": 10, "applications": 2}, True)
    outdate_counts(chair)
    assert (known_counts(chair).shown["tasks"], known_counts(chair).new) == (3, False)


def test_sums_of_children_have_the_same_keys_when_they_are_kept(
    shared_cache: str, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(queries, "MANY_ORGANIZATIONS", 0)
    head = trees.head()
    child = trees.below(head, "regional", "Область")
    counted = queries.recent_totals_of_children(head, [child])
    with django_assert_num_queries(0):
        kept = queries.recent_totals_of_children(head, [child])
    assert (kept, [*kept]) == (counted, [child.pk])


def test_a_server_that_is_gone_is_a_miss_and_is_left_alone_for_a_while(
    settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {"default": cache_of("redis://:secretword@127.0.0.1:9/0", "secret")}
    caplog.clear()
    cache.set("a", 1, 60)
    assert (cache.get("a"), cache.get("a", 5), cache.get_many(["a"]), cache.delete("a")) == (None, 5, {}, False)
    assert [record.getMessage() for record in caplog.records] == ["the shared cache does not answer: ConnectionError"]
    assert Client().get(reverse("login")).status_code == 200
    assert places.signed_in(trees.officer(trees.head())).get(reverse("start")).status_code == 200
    words = "The server of CACHE_URL does not answer (ConnectionError): pages count each time."
    assert said() == [(words, False)]
    asked = []
    monkeypatch.setattr(shared, "LEFT_ALONE_SECONDS", 0.0)
    caches["default"]._asked_again_at = 0.0
    monkeypatch.setattr(shared.RedisCache, "get", lambda self, *rest: asked.append(rest) or 4)
    assert (cache.get("a"), len(asked)) == (4, 1)


def test_a_value_that_is_no_json_is_a_miss(shared_cache: str) -> None:
    one: Any = caches["default"]
    one._cache.get_client(write=True).set(one.make_key("odd"), b"\x80\x04\x95")
    assert cache.get("odd") is None


def test_two_registries_may_use_one_server(redis_server: str, settings: Any) -> None:
    settings.CACHES = {name: cache_of(redis_server, name) for name in ("default", "other")}
    caches["default"].set("counts:1", 5, 60)
    assert (caches["other"].get("counts:1"), caches["default"].get("counts:1"), said()) == (None, 5, [("", False)])


def test_the_database_may_be_the_cache(settings: Any) -> None:
    settings.CACHES = {"default": cache_of("database", "secret")}
    assert said() == [("Run createcachetable: CACHE_URL names the database.", True)]
    call_command("createcachetable")
    cache.set("a", {"members": 5}, 60)
    assert (said(), cache.get("a")) == ([("", False)], {"members": 5})
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {CACHE_TABLE}")


@pytest.mark.parametrize("url", ["memcache://host", "redis://", "redis", "databases", "locmem://"])
def test_an_address_of_another_kind_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        cache_of(url, "secret")
    assert str(refused.value) == "CACHE_URL must be database, redis://:password@host:port/number or rediss://…."


@pytest.mark.parametrize(
    ("url", "location"),
    [("valkey://h:1/2", "redis://h:1/2"), ("valkeys://h", "rediss://h"), ("rediss://:p@h/0", "rediss://:p@h/0")],
)
def test_valkey_speaks_the_same(url: str, location: str) -> None:
    assert cache_of(url, "secret")["LOCATION"] == location
