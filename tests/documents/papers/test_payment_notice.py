"""The payment notice: debts, requisites, the payment code (practice D22, ГОСТ Р 56042-2014)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from documents.papers import payment_notice
from dues.ledger import book
from dues.ledger.models import DuesAccount
from dues.numbers import payer_number
from members.people.models import Member
from registry.access import Actor
from registry.enums import DataClass
from registry.organizations.models import Organization, OrganizationPassport
from registry.transitions import change
from tests.documents import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]
REQUISITES = {
    "bank": "АО «Пример-Банк»", "bik": "049999998", "account": "40703810900000000017",
    "correspondent_account": "30101810000000000998", "payee": "МО ВОИ «Одинцовская»",
}  # fmt: skip
YEAR = timezone.localdate().year


def debtor(first: int, *, requisites: bool = True) -> tuple[Organization, Member]:
    """Return an organisation and a member who owes the annual fees from the year `first`."""
    organization = samples.keeper("voi")
    if requisites:
        OrganizationPassport.objects.update_or_create(organization=organization, defaults=REQUISITES)
    member = samples.person("voi", organization)
    by = Actor.system("test")
    with change(by=by, rule="V-D1", event="dues.year_charged") as act:
        opening = book.Opening(book.open_accounts(act, [member])[member.pk], first - 1, dt.date(first, 1, 1))
        book.post_openings(act, [opening], organization=organization, paper="Книга")
        act.about(None, organization=organization)
    return Organization.objects.get(pk=organization.pk), Member.objects.get(pk=member.pk)


def values(organization: Organization, member: Member | None, **changed: Any) -> Any:
    return payment_notice.build(member, samples.batch_of(organization, **changed))


def test_the_notice_lists_the_debts_and_the_code_has_their_sum() -> None:
    organization, member = debtor(YEAR - 1)
    found = values(organization, member)
    assert [(row["what"], row["due"], row["sum"]) for row in found["rows"]] == [
        (f"Членский взнос за {year} год", f"30.06.{year}", "50,00") for year in (YEAR - 1, YEAR)
    ]
    assert (found["total"], found["purpose"], found["number"]) == (
        "100,00", f"Членские взносы за {YEAR - 1}, {YEAR} г.", payer_number(member.pk),
    )  # fmt: skip
    assert found["picture"] == f"registry:picture/payment-{member.pk}.svg"


def test_the_paper_names_everything_the_bank_needs() -> None:
    organization, member = debtor(YEAR - 1)
    pdf = samples.paper("payment_notice", organization, member)
    text = samples.text_of(pdf)
    for part in (*REQUISITES.values(), payer_number(member.pk), "Итого: 100,00", "УВЕДОМЛЕНИЕ ОБ УПЛАТЕ ВЗНОСОВ"):
        assert part in text


def test_many_debts_are_added_up_in_the_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    organization, member = debtor(YEAR - 3)
    assert len(values(organization, member)["rows"]) == 4
    monkeypatch.setattr(payment_notice, "MAX_DEBTS", 3)
    found = values(organization, member)
    assert [(row["what"], row["sum"]) for row in found["rows"]] == [
        ("Более ранние взносы", "100,00"),
        (f"Членский взнос за {YEAR - 1} год", "50,00"),
        (f"Членский взнос за {YEAR} год", "50,00"),
    ]
    assert found["total"] == "200,00"


def test_without_requisites_or_debts_there_is_no_code_and_lines_to_write_on() -> None:
    organization, member = debtor(YEAR - 1, requisites=False)
    found = values(organization, member)
    assert (found["payee"], found["picture"], found["total"]) == (None, "", "100,00")
    blank = values(organization, None)
    assert (blank["rows"], blank["total"], blank["picture"]) == ([], "", "")


def test_who_may_not_read_money_prints_no_debts() -> None:
    organization, member = debtor(YEAR - 1)
    found = values(organization, member, reads=frozenset({DataClass.GENERAL}))
    assert (found["rows"], found["picture"]) == ([], "")
    assert DuesAccount.objects.get(member=member).unpaid == 100
