"""The Russian catalogue is complete and matches the source; a page uses one language only."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.template import Context, Template, engines
from django.templatetags.i18n import BlockTranslateNode
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import template

from documents.printing.core import papers
from tests.members import places

from .tree import ROOT, modules

LOCALE = ROOT / "registry" / "locale" / "ru" / "LC_MESSAGES"
#: Arguments as in `makemessages`.
KEYWORDS = (
    "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3", "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Key = tuple[str | None, str, str]


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def extract(files: list[Path], language: str, into: Path) -> dict[Key, polib.POEntry]:
    """Return every message in the files."""
    names = into / "files.txt"
    names.write_text("\n".join(map(str, files)))
    command = ["xgettext", f"--language={language}", "--from-code=UTF-8", "--output=-", f"--files-from={names}"]
    command += [f"--keyword={word}" for word in ("_", *KEYWORDS)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=into)
    return {key(entry): entry for entry in polib.pofile(said.stdout)} if said.stdout else {}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> dict[Key, polib.POEntry]:
    """Return the messages in the code and in the templates."""
    into = tmp_path_factory.mktemp("messages")
    files = [module.path for module in modules()]
    for number, path in enumerate(sorted((ROOT / "templates").rglob("*.*"))):
        if path.suffix in {".html", ".txt"}:
            text = into / f"{number}.{path.name}.py"
            text.write_text(template.templatize(path.read_text(), origin=str(path)))
            files.append(text)
    return extract(files, "Python", into)


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(LOCALE / "django.po"))


def test_every_message_of_the_source_is_translated(source: dict[Key, polib.POEntry], catalogue: polib.POFile) -> None:
    done = {key(entry) for entry in catalogue if entry.translated() and not entry.obsolete}
    assert sorted({message[1] for message in source.keys() - done}) == []


def test_every_message_of_the_scripts_is_translated(tmp_path: Path) -> None:
    found = extract(sorted((ROOT / "static" / "js").rglob("*.js")), "JavaScript", tmp_path)
    path = LOCALE / "djangojs.po"
    done = {key(entry) for entry in polib.pofile(str(path)) if entry.translated()} if path.exists() else set()
    assert sorted({message[1] for message in found.keys() - done}) == []


def test_the_catalogue_has_no_messages_that_the_source_lacks(
    source: dict[Key, polib.POEntry], catalogue: polib.POFile
) -> None:
    assert sorted({entry.msgid for entry in catalogue if key(entry) not in source}) == []


def test_no_message_hides_in_a_formatted_string() -> None:
    """xgettext does not read them."""
    hidden = re.compile(r"""\bf["'][^"'\n]*\{(?:_|n?p?gettext\w*)\(""")
    found = [module.where for module in modules() if hidden.search(module.text)]
    assert found == []


def test_no_translation_is_fuzzy_and_the_compiled_catalogue_is_up_to_date(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    compiled = {key(entry)[:2]: entry.msgstr for entry in polib.mofile(str(LOCALE / "django.mo")) if entry.msgstr}
    written = {key(entry)[:2]: entry.msgstr for entry in catalogue if entry.msgstr}
    assert compiled == written


def test_a_translation_holds_the_placeholders_of_its_message(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in catalogue:
        wanted = sorted(PLACEHOLDER.findall(entry.msgid))
        if entry.msgid_plural:
            # The singular may spell out its number.
            allowed = set(PLACEHOLDER.findall(entry.msgid_plural)) | set(wanted)
            same = all(set(PLACEHOLDER.findall(text)) <= allowed for text in entry.msgstr_plural.values())
            wrong += [] if same and len(entry.msgstr_plural) in {3, 4} else [entry.msgid]
        elif sorted(PLACEHOLDER.findall(entry.msgstr)) != wanted:
            wrong.append(entry.msgid)
    assert wrong == []


def fallen_back(block: BlockTranslateNode) -> list[str]:
    """Return Russian texts of the block that Django cannot format and would silently show in English.

    Each «%» in them has to be doubled, because Django formats the text even if the block has no values.
    """
    singular, values = block.render_token_list(block.singular)
    plural, more = block.render_token_list(block.plural)
    names = dict.fromkeys((*values, *more, block.countervar), 5)
    found = [
        translation.npgettext(context, singular, plural, count) if plural else translation.pgettext(context, singular)
        for context in [block.message_context.resolve(Context()) if block.message_context else ""]
        for count in ((1, 2, 5) if plural else (1,))
    ]
    return [text for text in found if not _can_be_filled_in(text, names)]


def _can_be_filled_in(text: str, values: Mapping[str, object]) -> bool:
    try:
        text % values
    except (KeyError, TypeError, ValueError):
        return False
    return True


def blocks(source: Template) -> list[BlockTranslateNode]:
    return source.nodelist.get_nodes_by_type(BlockTranslateNode)


def test_no_block_of_a_template_is_english_because_of_a_percent_sign() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    names = [path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.*")]
    with translation.override("ru"):
        found = {
            str(name): wrong
            for name in names if name.suffix in {".html", ".txt"}
            for block in blocks(engine.get_template(str(name))) if (wrong := fallen_back(block))
        }  # fmt: skip
    assert found == {}


@pytest.mark.parametrize(
    ("russian", "wrong"),
    [
        ("половина", []), ("50 %% от %(sum)s", []), ("50 % от %(sum)s", ["50 % от %(sum)s"]), ("50 %", ["50 %"]),
        ("от %(other)s", ["от %(other)s"]),
    ],
)  # fmt: skip
def test_a_block_with_a_plain_percent_sign_is_found(
    russian: str, wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation, "pgettext", lambda _context, _text: russian)
    (block,) = blocks(Template("{% load i18n %}{% blocktranslate %}half of {{ sum }}{% endblocktranslate %}"))
    assert fallen_back(block) == wrong
    monkeypatch.setattr(translation, "npgettext", lambda _context, _one, _many, count: russian if count == 5 else "1")
    counted = "{% blocktranslate count sum=5 %}one{% plural %}{{ sum }}{% endblocktranslate %}"
    (block,) = blocks(Template("{% load i18n %}" + counted))
    assert fallen_back(block) == wrong


class Words(HTMLParser):
    """Collects the texts that a reader sees: text between tags, titles, labels and placeholders."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.found += [value for name, value in attrs if name in {"title", "aria-label", "placeholder"} and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))


def words(html: str) -> set[str]:
    parser = Words()
    parser.feed(html)
    return set(parser.found)


def main_pages(place: places.Place) -> list[str]:
    """Return the addresses of the pages used every day."""
    member = place.put()
    plain = ("start", "profile", "help", "members:list", "members:add", "organizations:tree", "jobs:list",
    "dues:overview", "dues:collect",
             "documents:consents", "documents:print", "imports:list", "imports:upload", "applications:list",
             "applications:add", "moves:list", "cells:reminders", "accounts:list", "accounts:add")  # fmt: skip
    cards = ("detail", "questionnaire", "accounting", "dues", "papers", "history", "access", "edit")
    return [
        *map(reverse, plain),
        *(reverse(f"members:{name}", args=[member.pk]) for name in cards),
        reverse("organizations:detail", args=[place.keeper.pk]),
        reverse("organizations:passport_tab", args=[place.keeper.pk, "inpo"]),
        reverse("cells:book", args=[place.keeper.pk]),
    ]


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("found", [places.voi, places.union], ids=["society", "union"])
def test_each_language_renders_the_main_pages_without_words_of_the_other(
    found: object, catalogue: polib.POFile
) -> None:
    place = found()  # type: ignore[operator]
    addresses = main_pages(place)
    english = {
        entry.msgid for entry in catalogue
        if len(entry.msgid) > 3 and entry.msgid != entry.msgstr and not PLACEHOLDER.search(entry.msgid)
    }  # fmt: skip
    russian = {
        entry.msgstr for entry in catalogue
        if len(entry.msgstr) > 3 and re.search("[а-яё]{3}", entry.msgstr) and not PLACEHOLDER.search(entry.msgstr)
    }  # fmt: skip
    russian -= {paper.title for paper in papers().values()}  # papers are Russian in both languages
    left: dict[str, dict[str, list[str]]] = {"ru": {}, "en": {}}
    for language, foreign in (("ru", english), ("en", russian)):
        place.chair.account.language = language
        place.chair.account.save(update_fields=["language"])
        client: Client = places.signed_in(place.chair)
        with translation.override(language):
            for address in addresses:
                seen = words(client.get(address).content.decode()) & foreign
                if seen:
                    left[language][address] = sorted(seen)
    assert left == {"ru": {}, "en": {}}
