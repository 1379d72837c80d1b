"""Slip with login and one-time password, handed over by the superior (U-2); two on a sheet, to be cut.

It is not a form about a member, so the printing pages do not offer it; it is printed when the password is issued.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Paper, bundle, render
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.days import day_text
from registry.enums import DataClass, Role
from registry.errors import NotAllowed

PER_SHEET = 2
#: Letters of a login that fit into its line in large type.
MAX_LARGE = 26


def render_slips(credentials: Iterable[tuple[Account, str]], *, by: Actor) -> bytes:
    """Return the PDF of the slips in the given order, issued by the actor's organisation. Raises `NotAllowed` without
    one.
    """
    if by.organization is None:
        raise NotAllowed
    batch = Batch(by.organization, frozenset(), by.organization.today)
    return bundle(SLIP, [render(SLIP, build(list(credentials), by, batch), batch)])


def build(pairs: Sequence[tuple[Account, str]], by: Actor, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the sheets, with a slip for each account."""
    appointments = _appointments([account for account, _password in pairs], by)
    slips = [_slip(account, password, appointments.get(account.pk), batch) for account, password in pairs]
    return [{"slips": slips[at : at + PER_SHEET]} for at in range(0, len(slips), PER_SHEET)]


def _appointments(accounts: Sequence[Account], by: Actor) -> dict[int, Appointment]:
    held = Appointment.objects.visible_to(by).filter(account__in=accounts).not_over()
    held = held.select_related("organization").order_by("starts_on", "pk")
    return {appointment.account_id: appointment for appointment in held}


def _slip(account: Account, password: str, appointment: Appointment | None, batch: Batch) -> dict[str, Any]:
    # The term of the password is in the time zone of the account's owner, wherever it was issued.
    there = appointment.organization.tz if appointment else batch.organization.tz
    given = timezone.localdate(account.password_given_at or timezone.now(), there)
    role = Role(appointment.role) if appointment else None
    with override("ru"):
        role_name = str(role.label).capitalize() if role else ""
    return {
        "name": account.full_name,
        "is_chair": role in {Role.CHAIR, Role.DEPUTY},
        "office": f"{role_name}, {appointment.organization.short_name}" if appointment else "",
        "login": account.login,
        "is_long": len(account.login) > MAX_LARGE,
        "password": password,
        "address": settings.SITE_ADDRESS,
        "code": batch.picture("address.svg", code_picture(settings.SITE_ADDRESS)),
        "valid_until": given + dt.timedelta(days=settings.ONE_TIME_PASSWORD_DAYS),
        "issued": f"Выдано {day_text(given)}: {batch.organization.short_name}",
    }


SLIP = Paper(
    code="credentials_slip",
    title="Данные для входа в реестр",
    build=build,
    data_classes=frozenset({DataClass.SERVICE}),
)
