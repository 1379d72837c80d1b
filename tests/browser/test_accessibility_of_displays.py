"""WCAG 2.2 AA in the Django admin, and with larger type, higher contrast or another language."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib import admin
from django.urls import reverse

from registry.accounts.models import Account

from .audit import NARROWEST, SAMPLE, WIDTHS, address, audit, by_login, sign_in, too_wide
from .conftest import OpenWindow
from .world import World


def admin_addresses() -> list[str]:
    """Return the lists of the Django admin, one entry of each, and the pages that link to them."""
    found = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse("admin:app_list", args=[model._meta.app_label]), reverse(f"{name}_changelist")]
        first = model._default_manager.first()
        found += [reverse(f"{name}_change", args=[first.pk])] if first else []
    return list(dict.fromkeys(found))


def test_the_pages_of_the_administrator_pass_the_audit_and_fit_a_phone(
    shown: World, window: OpenWindow, site: str
) -> None:
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    sign_in(page, "admin", site)
    for number, where in enumerate(admin_addresses()):
        answer = page.goto(where)
        if answer is None or answer.status != 200 or page.url != site + where:
            faults.append(f"{where} leads to {page.url} with {answer.status if answer else None}")
            continue
        faults += [f"{where}: {found}" for found in audit(page, WIDTHS[0], whole=not number)]
        faults += [f"{where} is wider than 390"] * too_wide(page, 390)
    assert "\n".join(faults) == ""


@pytest.mark.parametrize(
    "display", [{"large_type": True, "high_contrast": True}, {"large_type": True, "language": "en"}]
)
def test_larger_type_and_higher_contrast_pass_the_audit_too(
    display: dict[str, Any], shown: World, window: OpenWindow, site: str
) -> None:
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    usual = {"large_type": False, "high_contrast": False, "language": "ru"}
    Account.objects.update(**{**usual, **display})
    try:
        for login, of_login in by_login().items():
            chosen = [name for name in of_login if name in SAMPLE]
            if chosen:
                sign_in(page, login, site)
            for number, name in enumerate(chosen):
                page.goto(address(name, shown))
                # Large type and other languages do not change the colours.
                found = audit(page, WIDTHS[0], whole=not number, colours="high_contrast" in display)
                faults += [f"{name}: {fault}" for fault in found]
                faults += [f"{name} is wider than {width}" for width in (390, NARROWEST) if too_wide(page, width)]
    finally:
        Account.objects.update(**usual)
    assert "\n".join(faults) == ""
