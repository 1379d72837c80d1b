"""Statements of a member: duplicate, deregistration, transfer, leaving (V-B5, V-B10, V-B12, practice D20).

Applicant and addressee come from the card; the member underlines or writes the rest by hand.
"""

from __future__ import annotations

from dataclasses import replace

from documents.printing.core import Form

from .application import values_of

DUPLICATE = Form(
    code="duplicate_statement",
    title="Заявление о дубликате",
    build=values_of,
    stylesheet="statement",
    two_sided=False,
    as_word=True,
    fields=(
        "surname", "given_name", "sex", "city", "street", "house", "phone_mobile", "workplace", "position",
        "ticket_number",
    ),
    keeper_fields=("chair_name", "chair_sex"),
)  # fmt: skip
DEPARTURE = replace(DUPLICATE, code="departure_statement", title="Заявление о снятии с учёта")
TRANSFER = replace(DUPLICATE, code="transfer_statement", title="Заявление о переводе")
WITHDRAWAL = replace(DUPLICATE, code="withdrawal_statement", title="Заявление об отзыве согласия")
LEAVING = replace(DUPLICATE, code="leaving_statement", title="Заявление о выходе")
