"""Consent to the processing of personal data: appendix 2 of the instruction and
the union's form (U-6, 152-ФЗ art. 9). Consents for other purposes use the same sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from documents.consents.book import text_of_day, was_signed
from documents.consents.enums import ConsentPurpose
from documents.consents.models import ConsentText
from documents.consents.rules import Lack, points_lacking, points_of_representative
from documents.printing.core import Batch, Form
from documents.printing.russian import MANDATES
from members.admission.rules.representations import signs_alone
from members.people.enums import OPEN_CONSENTS, ConsentState
from registry.days import day_text, from_iso
from registry.enums import DataClass

from .card import card_of, operator_in_dative

if TYPE_CHECKING:
    from documents.consents.models import Consent
    from members.admission.models import Application, Representation
    from members.people.models import Member
    from registry.charters.base import Charter
    from registry.organizations.models import Organization

#: Text for fields without a value in a filled consent, so that nothing can be added after the signature.
NOTHING = "нет"
#: Prefix of the sheet numbers.
_LETTERS: dict[str, str] = {ConsentPurpose.TRANSFER: "ПД-", ConsentPurpose.PUBLICATION: "Р-"}
_PERSON = ("name", "paper_kind", "paper_series", "paper_number", "paper_issued_on", "paper_issued_by", "signer")
#: Values of the sheet that are kept with the consent; the rest is its wording.
_KEPT = (
    "version",
    "number",
    "printed_on",
    "omitted",
    "third_parties",
    "subject",
    "operator",
    "representative",
    "signer",
)


def build(member: Member | None, batch: Batch, purpose: str = ConsentPurpose.PROCESSING) -> Mapping[str, Any]:
    """Return the values of the form; for a signed consent, the signed values, marked as a copy."""
    signed = _signed(member, purpose)
    if signed is not None:
        copy = _copy(batch, signed.text, signed.paper, signed.signed_on)
        return copy or _today(member, batch, purpose, signed.text)
    return _today(member, batch, purpose)


def build_for_applicant(application: Application, card: Member, batch: Batch) -> Mapping[str, Any]:
    """Return the values of an applicant's consent, which becomes the member's at the admission."""
    return _unless_signed(application, batch) or _numbered(_today(card, batch), application, "З", batch)


def build_for_ward(ward: Member, representative: Member, mandate: Representation, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the consent for a represented person, with data and signature of their representative.

    A trustee does not act for the ward, who signs (GK art. 33).
    """
    copy = _unless_signed(mandate, batch)
    if copy is not None:
        return copy
    context = _numbered(_today(ward, batch), mandate, "П", batch)
    if signs_alone(mandate, representative.category):
        return context
    card = card_of(representative, batch, "identity")
    block = _person(card, "lives_at") | {"authority": _authority(mandate)}
    return {**context, "representative": block, "signer": block["signer"]}


def carried(member: Member, batch: Batch, purpose: str = ConsentPurpose.PROCESSING) -> Mapping[str, Any]:
    """Return the data on the printed sheet besides its wording; empty for a signed consent, which never changes."""
    return {} if _signed(member, purpose) is not None else kept(build(member, batch, purpose))


def lacks(member: Member, batch: Batch, purpose: str = ConsentPurpose.PROCESSING) -> list[Lack]:
    """Return the details required by law that the sheet would lack; none for a copy of a signed consent."""
    if _signed(member, purpose) is not None:
        return []
    text, keeper = _text(batch, purpose), batch.keeper(member)
    data = [line for part in ("data", "other_data") for line in clauses(text.wording[part], batch.charter)]
    operator = batch.operator(keeper) if keeper else None
    return points_lacking(member, text.wording, data, operator, batch.charter)


def lacks_of_ward(ward: Member, representative: Member, mandate: Representation, batch: Batch) -> list[Lack]:
    """Return the details required by law that the consent for a represented person would lack; none for a copy.

    `ward` are the represented person's data. Details of the representative are required only if they sign.
    """
    if _unless_signed(mandate, batch) is not None:
        return []
    signs = signs_alone(mandate, representative.category)
    return lacks(ward, batch) + ([] if signs else points_of_representative(representative, mandate))


def kept(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sheet that copies of the consent need; empty for a copy. They name the person."""
    if context["copy"]:
        return {}
    found = {name: context[name] for name in _KEPT}
    for name in ("subject", "representative"):
        day = found[name].get("paper_issued_on")
        if day:
            found[name] = {**found[name], "paper_issued_on": day.isoformat()}
    return found


def clauses(categories: Sequence[Mapping[str, Any]], charter: Charter) -> list[str]:
    """Return the categories of data that the charter's card contains (K2), so that no consent is given to data never
    asked for.
    """
    offered = {*charter.fields, "photo", *(f"entry:{entry.key}" for entry in charter.entries)}
    return [category["text"] for category in categories if offered & set(category["fields"])]


def _authority(mandate: Representation) -> str:
    """Return the mandate's paper in one line, to follow «на основании»."""
    parts = [MANDATES.get(mandate.mandate_kind, ""), mandate.mandate_number]
    if mandate.mandate_issued_on:
        parts.append(f"от {day_text(mandate.mandate_issued_on)}")
    line = " ".join(part for part in parts if part)
    return f"{line}, {mandate.mandate_issued_by}" if line and mandate.mandate_issued_by else line


def _text(batch: Batch, purpose: str) -> ConsentText:
    return batch.once(
        ("consent text", purpose), lambda: text_of_day(batch.organization.federation, batch.today, purpose)
    )


def _signed(member: Member | None, purpose: str) -> Consent | None:
    # Applicants and represented people have no consent on record yet.
    given = member.consents.all() if member is not None and member.pk else ()
    signed = (one for one in given if one.purpose == purpose and one.state == ConsentState.SIGNED)
    return next(signed, None)


def _today(
    member: Member | None,
    batch: Batch,
    purpose: str = ConsentPurpose.PROCESSING,
    text: ConsentText | None = None,
) -> dict[str, Any]:
    """Return the values as of today, in the given text; with a text they are a copy of a signed paper that is not
    stored.
    """
    copy = _not_the_signed(batch) if text is not None else ""
    text = text or _text(batch, purpose)
    keeper = batch.keeper(member)
    operator = batch.operator(keeper) if keeper else None
    subject = card_of(member, batch, "identity")
    shown = {*clauses(text.wording["data"], batch.charter), *clauses(text.wording["other_data"], batch.charter)}
    return {
        **_wording(text, [line for line in _lines(text) if line not in shown]),
        "third_parties": _third_parties(text.wording, keeper, operator, batch),
        "subject": _person(subject, "address"),
        "operator": {
            "name": operator_in_dative(operator),
            "ogrn": operator.ogrn,
            "inn": operator.inn,
            "address": operator.legal_address or operator.postal_address,
        }
        if operator
        else {},
        "representative": {},
        "signer": subject.get("signer", ""),
        "filled": member is not None,
        "number": _number(member, purpose) if member is not None and member.pk else "",
        "copy": copy,
        "printed_on": batch.today.isoformat(),
    }


def _copy(
    batch: Batch, text: ConsentText | None, paper: Mapping[str, Any], signed_on: dt.date | None
) -> dict[str, Any] | None:
    """Return the values of the sheet that was signed, or None if the registry has not stored them."""
    if text is None or not paper or signed_on is None or DataClass.IDENTITY not in batch.reads:
        return None
    people = {
        name: {**paper[name], "paper_issued_on": from_iso(paper[name].get("paper_issued_on"))}
        for name in ("subject", "representative")
        if paper[name]
    }
    copy = f"Копия. Подписано {day_text(signed_on)}."
    return {**_wording(text, paper["omitted"]), **paper, **people, "filled": True, "copy": copy, "signed_on": signed_on}


def _unless_signed(owner: Application | Representation, batch: Batch) -> dict[str, Any] | None:
    """Return the sheet signed before a consent was on record, or None."""
    if owner.consent_signed_on is None or not was_signed(owner.consent_paper, owner.consent_signed_on):
        return None
    texts = ConsentText.objects.filter(federation=batch.organization.federation, purpose=ConsentPurpose.PROCESSING)
    text = texts.filter(version=owner.consent_paper["version"]).first()
    return _copy(batch, text, owner.consent_paper, owner.consent_signed_on)


def _numbered(
    context: dict[str, Any], owner: Application | Representation, letter: str, batch: Batch
) -> dict[str, Any]:
    copy = _not_the_signed(batch) if owner.consent_signed_on is not None else ""
    return {**context, "number": f"{letter}-{owner.pk}", "copy": copy}


def _not_the_signed(batch: Batch) -> str:
    return f"Копия. Сведения — на {day_text(batch.today)}, подписан другой экземпляр."


def _number(member: Member, purpose: str) -> str:
    """Return the number of the member's open consent, or the next number."""
    given = sorted((c.pk, c.state) for c in member.consents.all() if c.purpose == purpose)
    places = [place for place, (_pk, state) in enumerate(given, 1) if state in OPEN_CONSENTS]
    return f"{_LETTERS.get(purpose, '')}{member.pk}-{places[-1] if places else len(given) + 1}"


def _lines(text: ConsentText) -> list[str]:
    return [category["text"] for part in ("data", "other_data") for category in text.wording[part]]


def _wording(text: ConsentText, omitted: Sequence[str]) -> dict[str, Any]:
    wording = text.wording
    address = wording.get("processor_address")
    return {
        "text": wording,
        "nothing": NOTHING,
        "version": text.version,
        "omitted": list(omitted),
        "method": wording["methods"][wording["method"]],
        "data": [category["text"] for category in wording["data"] if category["text"] not in omitted],
        "other_data": [category["text"] for category in wording["other_data"] if category["text"] not in omitted],
        "processor": f"{wording['processor']}, {address}" if address else wording["processor"],
    }


def _person(card: Mapping[str, Any], address: str) -> dict[str, Any]:
    kind = card.get("chosen", {}).get("paper_kind", "")
    said = {name: card.get(name, "") for name in _PERSON}
    return {**said, "address": card.get(address, ""), "chosen": {"paper_kind": kind}}


def _third_parties(
    wording: Mapping[str, Any], keeper: Organization | None, operator: Organization | None, batch: Batch
) -> str:
    """Return the recipients of the data: superior organisations, which see subordinate cards (N-H1), the charter's
    recipients, or the operator's website for a publication.
    """
    named = [wording["third_parties"]] if wording["third_parties"] else []
    if wording.get("recipients_are_third_parties"):
        named += [", ".join(part for part in (one.name, one.address) if part) for one in batch.charter.recipients]
    if wording.get("resource_is_named") and operator:
        named += [page] if (page := batch.once(("page", operator.pk), operator.page)) else []
    if wording["superiors_are_third_parties"] and keeper:
        named += [o.full_name for o in reversed(batch.superiors(keeper)) if o != operator]
    return "; ".join(name for name in named if name)


def form_for(purpose: ConsentPurpose, *, code: str, title: str) -> Form:
    """Return the form of a consent for another purpose, which is printed on the same sheet."""
    return replace(
        FORM,
        code=code,
        title=title,
        build=partial(build, purpose=purpose),
        template=FORM.code,
        carries=partial(carried, purpose=purpose),
        lacks=partial(lacks, purpose=purpose),
        for_applicants=False,
    )


FORM = Form(
    code="consent",
    title="Согласие на обработку персональных данных",
    build=build,
    as_word=True,
    data_classes=frozenset({DataClass.GENERAL, DataClass.IDENTITY}),
    related=("identity",),
    prefetched=("consents__text",),
    fields=(
        "surname", "given_name", "paper_kind", "paper_series", "paper_number", "paper_issued_on", "paper_issued_by",
        "city", "street", "house",
    ),
    operator_fields=("full_name", "ogrn", "inn", "legal_address"),
    for_applicants=True,
    carries=carried,
    lacks=lacks,
)  # fmt: skip
