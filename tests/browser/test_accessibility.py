"""WCAG 2.2 AA on every page of a chair: axe's audit, no sideways scrolling on a phone, a quiet console.

The pages of others are in files of their own, so that several processes share the audit.
"""

from __future__ import annotations

from .audit import faults_of_pages
from .conftest import OpenWindow
from .pages import CHAIR
from .world import World


def test_pages_of_a_chair_pass_the_audit_and_fit_a_phone(shown: World, window: OpenWindow, site: str) -> None:
    assert "\n".join(faults_of_pages(CHAIR, shown, window, site)) == ""
