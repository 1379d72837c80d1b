"""Identity papers and health data are never stored as plain text in the database (V-C5)."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from members.admission.transitions.applications import edit_application
from members.admission.transitions.representations import add_representation, edit_representation
from members.lists import batches
from members.people.transitions.cards import edit_card
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import proposals, reconciliation
from registry.access import Actor
from registry.drafts.transitions import save_draft
from registry.enums import Role
from tests.members import applicants, places, sessions
from tests.members.reconciliations import open_year
from tests.registry import trees

#: Texts that only the closed fields contain.
DIAGNOSIS, ISSUED_BY, NUMBER = "недуг Заветный", "ОВД Потаённого района", "918273"
CLOSED = {
    "diagnosis": DIAGNOSIS, "paper_kind": "passport", "paper_series": "7005", "paper_number": NUMBER,
    "paper_issued_by": ISSUED_BY,
}  # fmt: skip


def plain(*words: str) -> list[tuple[str, str]]:
    """Return (table, word) for each of the words, by default those of closed fields, found as text or JSON-escaped."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = " ".join(str(value) for row in cursor.fetchall() for value in row)
            found += [
                (table, w) for w in words or (DIAGNOSIS, ISSUED_BY, NUMBER) if w in text or json.dumps(w)[1:-1] in text
            ]
    return found


def a_list() -> bytes:
    book = openpyxl.Workbook()
    for row in (
        ("ФИО", "Дата рождения", "Серия паспорта", "Номер паспорта", "Кем выдан", "Диагноз"),
        ("Ким Лев Олегович", "01.02.1970", "7005", NUMBER, ISSUED_BY, DIAGNOSIS),
        ("Ким", "32.02.1970", "7005", NUMBER, ISSUED_BY, DIAGNOSIS),
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.django_db
def test_v_c5_closed_data_is_nowhere_in_plain_text() -> None:
    place = places.voi()
    member = place.put(cell=place.cells[0].pk, **CLOSED)
    edit_card(member.pk, values={"diagnosis": f"{DIAGNOSIS}, стойкий"}, version=None, by=place.chair)
    cell_chair = trees.officer(place.cells[0], Role.CHAIR, "Зимин")
    proposals.propose(member.pk, values={"diagnosis": f"{DIAGNOSIS}, второй"}, by=place.chair)
    year = dt.date.today().year
    open_year(year, today=dt.date.today(), by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    reconciliation.check(opened.pk, {member.pk: {"disability_group": "I"}}, by=cell_chair)
    application = applicants.apply(place, **CLOSED)
    edit_application(
        application.pk, values={"diagnosis": f"{DIAGNOSIS}, третий"}, facts={}, version=None, by=place.chair
    )
    sessions.decided(sessions.admission(place, [application]), place.chair)
    guardian = applicants.apply(place, category="guardian", disability_group="")
    ward = {"surname": "Юный", "given_name": "Ян", "birth_date": dt.date(2015, 5, 5), "sex": "male", **CLOSED}
    added = add_representation(application_id=guardian.pk, values={**ward, "paper_kind": "other"}, by=place.chair)
    edit_representation(
        added.pk, values={**ward, "paper_kind": "other", "diagnosis": f"{DIAGNOSIS}, иной"}, version=1, by=place.chair
    )
    save_draft(place.chair.account, "members-add-1", {name: [value] for name, value in CLOSED.items()})
    batch = batches.upload_list(organization=place.keeper, data=a_list(), name="list.xlsx", by=place.chair)
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    client = places.signed_in(place.chair)
    for address in (
        reverse("imports:rows", args=[batch.pk]),
        reverse("members:list") + "?q=" + NUMBER,
    ):
        assert client.get(address).status_code == 200
    shown = client.post(reverse("members:show", args=[member.pk, "questionnaire", "health"]))
    assert DIAGNOSIS in shown.content.decode()
    batches.accept(batch.pk, by=place.chair)
    assert (plain(), bool(plain(member.surname)), bool(plain("Серия паспорта"))) == ([], True, True)
    batches.apply_batch(batch.pk, by=place.chair)
    assert plain() == []
