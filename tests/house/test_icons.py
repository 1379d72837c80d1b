"""The sprite contains exactly the icons that pages use."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings

from registry.components.icons import UnknownIconError, icon, names
from tests.house.icons import PILLS, ROOT, SPRITE, pill, pill_file, sprite, used

STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


def test_the_sprite_is_complete_and_has_none_unused() -> None:
    """If it fails, run `python -m tests.house.icons`."""
    assert SPRITE.read_text(encoding="utf-8") == sprite(used())
    assert names() == used()


def test_the_icons_of_pills_are_those_of_the_set_and_the_style_sheet_draws_each() -> None:
    css = (ROOT / "static" / "css" / "pill.css").read_text(encoding="utf-8")
    assert set(re.findall(r'\.pill\.(\w+)::before \{ mask-image: url\("\.\./img/pill-\1\.svg"\)', css)) == set(PILLS)
    assert {tone: pill_file(tone).read_text(encoding="utf-8") for tone in PILLS} == {tone: pill(tone) for tone in PILLS}


def test_icons_are_found_in_templates_calls_defaults_and_the_navigation() -> None:
    # Named in a template; in its argument; in a function; as a default; in a table; by position in an object.
    assert {"printer", "bookmark", "chevron-down", "inbox", "triangle-alert", "scroll-text", "list-checks"} <= used()


def test_an_icon_outside_the_sprite_is_refused() -> None:
    with pytest.raises(UnknownIconError, match="skull"):
        icon("skull")


def test_an_icon_is_a_reference_that_says_nothing_to_screen_readers() -> None:
    html = '<svg class="icon caret" aria-hidden="true"><use href="/static/img/icons.svg#chevron-down"/></svg>'
    assert icon("chevron-down", "caret") == html


def test_the_class_of_an_icon_is_escaped() -> None:
    assert 'class="icon &quot;&gt;&lt;b&gt;"' in icon("check", '"><b>')


def test_the_sprite_is_a_static_file_without_scripts_styles_or_addresses() -> None:
    assert finders.find("img/icons.svg") == str(SPRITE)
    text = SPRITE.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert re.findall(r"<script|<style|\son\w+=|https?:|href", text) == []


def test_in_production_the_address_of_the_sprite_carries_its_hash(tmp_path: Path) -> None:
    manifest = '{"version": "1.1", "paths": {"img/icons.svg": "img/icons.0123456789ab.svg"}, "hash": ""}'
    (tmp_path / "staticfiles.json").write_text(manifest)
    icon.cache_clear()
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=tmp_path):
        html = icon("check")
    icon.cache_clear()
    assert 'href="/static/img/icons.0123456789ab.svg#check"' in html
