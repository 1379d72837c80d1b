"""The lookup `among` of registry.lookups."""

import pytest
from django.db import connection

from registry.enums import Level
from registry.organizations.models import Organization
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_rows_among_ids_are_found_by_key_and_by_reference() -> None:
    head = trees.head()
    first, second = (trees.below(head, Level.REGIONAL, name=name) for name in ("Первая", "Вторая"))
    below = trees.below(first, name="Ниже первой")
    rows = Organization.objects.order_by("pk")
    assert list(rows.filter(pk__among=[second.pk, first.pk, second.pk, 0])) == [first, second]
    assert list(rows.exclude(pk__among=[first.pk])) == [head, second, below]
    assert list(rows.filter(parent__among=[head.pk])) == [first, second]
    assert list(rows.filter(pk__among=[])) == []


def test_any_number_of_ids_is_one_parameter() -> None:
    head = trees.head()
    # More than the maximum number of parameters of PostgreSQL and SQLite.
    many = [*range(10**9, 10**9 + 300_000), head.pk]
    found = Organization.objects.filter(pk__among=many)
    assert list(found) == [head]
    _sql, params = found.query.get_compiler(connection=connection).as_sql()
    assert len(params) == 1


@pytest.mark.parametrize("wrong", ["1) OR (1=1", None])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Organization.objects.filter(pk__among=[wrong])


@pytest.mark.parametrize("lookup", ["holds", "begins"])
def test_keys_are_found_by_beginnings_of_words(lookup: str) -> None:
    head = trees.head()
    keys = {
        head.pk: " профсоюз россии", trees.below(head, Level.REGIONAL).pk: " ростовская область 112 12345678901 123а56",
        trees.below(head, Level.REGIONAL).pk: " новороссия",
    }  # fmt: skip
    for pk, key in keys.items():
        Organization.objects.filter(pk=pk).update(search_key=key)
    first, second, third = keys

    def found(*words: str) -> list[int]:
        rows = Organization.objects.filter(**{f"search_key__{lookup}": words})
        return list(rows.order_by("pk").values_list("pk", flat=True))

    assert found("рос") == [first, second]
    assert found("р") == [first, second]
    assert found("россии") == [first]
    assert found("оссии") == []
    # More letters than the index contains.
    assert found("новоросс") == found("новороссия") == [third]
    assert found("новороссийск") == []
    assert found("12345678901") == [second]
    assert found("12345678902") == found("123457") == []
    assert found("12345") == found("123а56") == [second]
    assert found("123а57") == []
    assert found("профсоюз", "новоросси") == [first, third]
    assert found("%", "_") == []


def test_a_key_of_nothing_is_found_by_no_word() -> None:
    head = trees.head()
    Organization.objects.update(search_key="")
    assert not Organization.objects.filter(search_key__begins=["р"]).exists()
    assert not Organization.objects.filter(search_key__holds=["р"]).exists()
    assert Organization.objects.get() == head
