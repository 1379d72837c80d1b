"""Second factors of tests: codes as an authenticator would show them, and recovery codes."""

from __future__ import annotations

from django.utils import timezone

from registry.access import Actor
from registry.accounts.queries import code_at
from registry.accounts.tokens import STEP_SECONDS, SecondFactor
from registry.accounts.transitions import second_factor


def shown(key: str, steps: int = 0) -> str:
    """Return the code that a telephone with this secret shows now, or some steps later."""
    return code_at(key, timezone.now().timestamp() + steps * STEP_SECONDS)


def connect(actor: Actor) -> tuple[str, list[str]]:
    """Give the actor a second factor; return its secret and the recovery codes.

    It is confirmed with the code of the previous step, so that the present code can still be used.
    """
    key = second_factor.begin(by=actor).key
    checked, codes = second_factor.confirm(code=shown(key, -1), by=actor)
    assert checked.accepted
    actor.account.refresh_from_db()  # type: ignore[union-attr]
    return key, codes


def of(actor: Actor) -> SecondFactor:
    return SecondFactor.objects.get(user=actor.account, confirmed=True)
