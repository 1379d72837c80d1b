"""Transitions for the command line of the installation: administrators of the Django admin."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.hashers import make_password

from registry.access import Actor
from registry.errors import NotAllowed
from registry.transitions import change

from ..models import Account
from .accounts import SUPERIOR_FIELDS, Credentials
from .credentials import free_login, one_time_password


def create_administrator(*, person: Mapping[str, str], by: Actor) -> Credentials:
    """Create an account for the Django admin, without access to members and without a federation (U-2, N-H2).

    Raises `NotAllowed` for anybody but the installation.
    """
    if not by.is_system or by.organization is not None:
        raise NotAllowed
    password = one_time_password()
    secret = make_password(password)
    with change(by=by, rule="U-2", event="administrator.created") as act:
        values = {name: person.get(name, "") for name in SUPERIOR_FIELDS}
        account = Account(
            login=free_login(values["surname"]),
            home=None,
            password=secret,
            password_given_at=act.now,
            is_staff=True,
            is_superuser=True,
            **values,
        )
        account.set_keys()
        act.save(account)
        act.about(account, organization=None)
    return Credentials(account, password)
