"""Arithmetic in the database with sums of money returns sums of money, or is refused (N-D1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db.models import Case, F, Max, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least

from dues.ledger.models import DuesAccount
from registry.fields import KopecksField

pytestmark = pytest.mark.django_db
A, B = F("unpaid"), F("advance")
FIVE = Value(Decimal("5.00"), output_field=KopecksField())


@pytest.fixture(autouse=True)
def accounts() -> None:
    for unpaid, advance in (("100.01", "0.02"), ("20.10", "3.30")):
        DuesAccount.objects.create(unpaid=Decimal(unpaid), advance=Decimal(advance))


@pytest.mark.parametrize(
    ("expression", "total"),
    [
        (A + B, "123.43"),
        (A - B, "116.79"),
        (B - A, "-116.79"),
        (A + B - A, "3.32"),
        (A * 3, "360.33"),
        (2 * A, "240.22"),
        (-A, "-120.11"),
        (A + FIVE, "130.11"),
        (Coalesce(A, FIVE) + B, "123.43"),
        (Case(When(unpaid__gt=Decimal("50"), then=A), default=B), "103.31"),
    ],
)
def test_n_d1_a_sum_over_several_columns_is_in_roubles(expression: Any, total: str) -> None:
    assert DuesAccount.objects.aggregate(total=Sum(expression))["total"] == Decimal(total)
    rows = DuesAccount.objects.annotate(value=expression).values_list("value", flat=True)
    assert sum(rows) == Decimal(total)


def test_n_d1_what_is_computed_is_compared_with_roubles() -> None:
    rows = DuesAccount.objects.annotate(both=A + B)
    assert rows.filter(both=Decimal("100.03")).count() == 1
    assert (rows.filter(both__gt=Decimal("100.02")).count(), rows.filter(both__gt=Decimal("100.03")).count()) == (1, 0)
    assert rows.filter(unpaid=F("both") - B).count() == 2
    assert DuesAccount.objects.aggregate(most=Max("unpaid"), both=Sum("unpaid") + Sum("advance")) == {
        "most": Decimal("100.01"),
        "both": Decimal("123.43"),
    }


@pytest.mark.parametrize(
    "expression",
    [
        A + 5, 5 + A, A - Decimal("5.00"), A + F("paid_to"), A * Decimal("0.5"), A * B, A / 2, A / B, A % 100,
        A.bitand(1), Sum("unpaid") + 1, Coalesce(A, 5), Coalesce(5, A), Coalesce(A, Value(Decimal("5.00"))),
        Greatest(A, 5), Least(Value(5), A), Case(When(unpaid__gt=50, then=A), default=5),
        Case(When(unpaid__gt=50, then=Value(5)), default=A), Coalesce(Sum("unpaid"), 5), Coalesce(A, F("paid_to")),
    ],
)  # fmt: skip
def test_n_d1_numbers_that_are_no_sums_of_money_are_not_mixed_with_them(expression: Any) -> None:
    with pytest.raises(FieldError):
        list(DuesAccount.objects.annotate(value=expression).values_list("value"))


def test_n_d1_a_number_is_five_roubles_where_it_is_said_to_be_a_sum() -> None:
    five = Value(5, output_field=KopecksField())
    rows = DuesAccount.objects.annotate(value=Coalesce(None, five, output_field=KopecksField()))
    assert set(rows.values_list("value", flat=True)) == {Decimal("5.00")}
    assert DuesAccount.objects.filter(unpaid__gte=5).count() == 2
    assert DuesAccount.objects.filter(unpaid__lt=Decimal("20.11")).count() == 1


def test_n_d1_a_sum_beyond_all_numbers_of_the_database_finds_nothing() -> None:
    much = Decimal(10) ** 20
    found = [DuesAccount.objects.filter(**{f"unpaid__{one}": much}).count() for one in ("exact", "gt", "lt")]
    assert found == [0, 0, 2]
