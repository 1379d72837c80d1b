"""Values of the member's card in the form for papers, in Russian."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from documents.printing.declension import Case, decline, decline_organization, sex_of, split_name, with_initials
from documents.printing.russian import MARITAL_STATUS, OPTIONS
from dues.money import on_paper
from members.lists.reading.names import sex_by_patronymic
from members.people.enums import Sex
from members.people.models import HealthRecord, IdentityPaper, Questionnaire
from registry.checks import format_phone, format_snils
from registry.days import day_text, from_iso
from registry.enums import DataClass
from registry.files import storage

if TYPE_CHECKING:
    from django.db.models import Model

    from documents.printing.core import Batch
    from members.people.models import Member
    from registry.charters.base import Charter
    from registry.organizations.models import Organization


#: Related records, each readable only with its class of data.
_PARTS: dict[str, type[IdentityPaper | HealthRecord | Questionnaire]] = {
    "identity": IdentityPaper,
    "health": HealthRecord,
    "questionnaire": Questionnaire,
}


def _phones(numbers: str) -> str:
    """Return +79105550117, +74872555566 as «+7 910 555-01-17, +7 487 255-55-66»."""
    return ", ".join(format_phone(number.strip()) for number in numbers.split(",") if number.strip())


#: Fields whose values are grouped, on paper as on the screen.
_AS_ON_SCREEN: Mapping[str, Callable[[str], str]] = {
    "phone_mobile": _phones,
    "phone_home": _phones,
    "snils": format_snils,
}


def written(charter: Charter, name: str, value: Any) -> str:
    """Return a value as printed on paper; the charter's own wording of an option takes precedence."""
    if value is None or value == "" or value is False:
        return ""
    if isinstance(value, dt.date):
        return day_text(value)
    if isinstance(value, Decimal):
        return on_paper(value)
    if isinstance(value, list):
        return ", ".join(written(charter, name, part) for part in value)
    if name in _AS_ON_SCREEN:
        return _AS_ON_SCREEN[name](value)
    word = OPTIONS.get(name, {}).get(str(value), str(value))
    return charter.wording.get(f"{name}.{value}", word)


def card_of(member: Member | None, batch: Batch, *parts: str) -> Mapping[str, Any]:
    """Return the card's values by field name, as printed; empty for a blank form and for values the reader may not see.

    Fields that the card no longer offers are not printed: no consent covers them, and nobody can change them.
    `parts` are the related records that the form shows: `identity`, `health`, `questionnaire`. Additional keys:
    `name`, `name_genitive`, `signer` (surname with initials), `address`, `phones`, `chosen` (stored option keys).
    """
    card: dict[str, Any] = {"chosen": {}}
    if member is None:
        return card
    sources: list[Model] = [member]
    for part in parts:
        record = getattr(member, part, None)
        if record is not None and _PARTS[part].DATA_CLASS in batch.reads:
            sources.append(record)
    offered = frozenset(batch.charter.fields)
    for source in sources:
        for field in source._meta.concrete_fields:
            if field.name not in offered:
                continue
            value = getattr(source, field.attname)
            card[field.name] = written(batch.charter, field.name, value)
            if field.name in OPTIONS or field.choices or isinstance(value, list):
                card["chosen"][field.name] = value
    return card | _derived(member, card)


def _derived(member: Member, card: Mapping[str, Any]) -> dict[str, Any]:
    if member.joined_on and member.joined_year_only:
        joined = f"{member.joined_on.year} г."
    else:
        joined = day_text(member.joined_on)
    expires = (
        "бессрочно"
        if card.get("certificate_indefinite")
        else day_text(from_iso(card.get("certificate_expires_on", "")))
    )
    mobile, home = card.get("phone_mobile", ""), card.get("phone_home", "")
    married = MARITAL_STATUS.get(member.sex, MARITAL_STATUS[""]).get(card["chosen"].get("marital_status", ""), "")
    return {
        "name": member.full_name,
        "name_genitive": name_in(member, Case.GENITIVE),
        "signer": with_initials(member.surname, member.given_name, member.patronymic),
        "is_woman": member.sex == Sex.FEMALE,
        "joined_on": joined,
        "address": member.address,
        "lives_at": member.residence or member.address,
        "phones": ", ".join(filter(None, (mobile, home))),
        "mobile_phones": mobile,
        "home_phones": home,
        "marital_status": married,
        "certificate_issued_on": day_text(from_iso(card.get("certificate_issued_on", ""))),
        "certificate_expires_on": expires,
        "paper_issued_on": from_iso(card.get("paper_issued_on", "")),
    }


def name_in(member: Member, case: Case) -> str:
    """Return the member's full name in the case; forms entered on the card take precedence over the library."""
    override = {
        Case.GENITIVE: member.name_genitive,
        Case.DATIVE: member.name_dative,
        Case.ACCUSATIVE: member.name_accusative,
    }.get(case)
    # The sex is not on a card whose data were destroyed after a withdrawal (N-C1).
    sex = member.sex or sex_by_patronymic(member.patronymic)
    return override or decline(member.surname, member.given_name, member.patronymic, sex=sex, case=case)


def addressee_of(member: Member, name: str, *, here: bool) -> Mapping[str, Any]:
    """Return the values of the placeholders of a letter; number and address only of a card that is kept `here`."""
    return {
        "name": name,
        "ticket_number": member.ticket_number if here else "",
        "lives_at": (member.residence or member.address) if here else "",
        "is_woman": member.sex == Sex.FEMALE,
        "chosen": {"sex": member.sex},
    }


def chair_of(organization: Organization, case: Case | None = None) -> str:
    """Return the chair with initials: «Сидорова А.П.», dative «Сидоровой А.П.»; empty if unknown.

    The dative typed into the passport takes precedence.
    """
    if not organization.chair_name:
        return ""
    if case is Case.DATIVE and organization.chair_dative:
        return organization.chair_dative
    sex = sex_of(organization.chair_name, organization.chair_sex)
    return with_initials(*split_name(organization.chair_name), sex=sex, case=case)


def operator_in_dative(operator: Organization) -> str:
    """Return the name of the operator of personal data to follow «даю»: from the passport, or declined."""
    return operator.dative_name or decline_organization(operator.full_name, Case.DATIVE)


def organization_in_genitive(organization: Organization) -> str:
    """Return the name to follow «председателю»: from the passport, or the declined short name."""
    return organization.genitive_name or decline_organization(organization.short_name, Case.GENITIVE)


def photo_of(member: Member | None, batch: Batch) -> str:
    """Return the URL of the member's photograph for `src`, or an empty string."""
    if member is None or member.photo is None or DataClass.GENERAL not in batch.reads:
        return ""
    try:
        data = storage.read(member.photo)
    except FileNotFoundError:
        return ""
    return batch.picture(f"photo-{member.pk}", data)
