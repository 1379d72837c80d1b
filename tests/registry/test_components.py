"""Each component: its exact HTML, with values that try to break out of it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.forms.renderers import TemplatesSetting
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch, clear_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from registry.components.base import markup, markup_join
from registry.components.forms import _FUNCTIONS, Renderer, attributes
from registry.jobs.models import Job
from registry.templatetags import ui
from registry.widgets import DateField, DateInput, DigitsInput, PhoneInput, SnilsInput

EVIL = """<b>"'&"""
SAFE = "&lt;b&gt;&quot;&#x27;&amp;"


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def render(source: str, **context: Any) -> str:
    """Render the source with a hostile text as `e`; icons are replaced by `[name]`, lines are joined."""
    html = Template("{% load i18n ui %}" + source).render(Context({"e": EVIL, **context}))
    html = re.sub(r'<svg class="icon( \w+)?" aria-hidden="true"><use href="[^"]+#([a-z0-9-]+)"/></svg>', r"[\2]", html)
    return html.replace("\n", "")


class Blocking(str):
    """A line with the page to which it refers."""

    page, number = "meetings:detail", 7


COMPONENTS = {
    "{% icon 'check' %}": "[check]",
    "<p{% attributes attrs %}>": f'<p data-x="{SAFE}">',
    "{% pill e %}": f'<span class="pill">{SAFE}</span>',
    "{% pill e 'ok' %}": f'<span class="pill ok">{SAFE}</span>',
    "{% pill e 'warn' %}": f'<span class="pill warn">{SAFE}</span>',
    "{% pill e 'bad' %}": f'<span class="pill bad">{SAFE}</span>',
    "{% pill e 'info' %}": f'<span class="pill info">{SAFE}</span>',
    "{% state_pill job %}": '<span class="pill ok">done</span>',
    "{% pill e e %}": f'<span class="pill {SAFE}">{SAFE}</span>',
    "{% panel %}{{ e }}{% endpanel %}": f'<section class="panel"><div class="body">{SAFE}</div></section>',
    "{% panel flush=True %}<i>{{ e }}</i>{% endpanel %}": f'<section class="panel"><i>{SAFE}</i></section>',
    "{% panel e note=e action=e action_url=e tone=e id=e %}x{% endpanel %}": (
        f'<section class="panel {SAFE}" id="{SAFE}"><header><h2>{SAFE}</h2><span class="note">{SAFE}</span>'
        f'<a href="{SAFE}">{SAFE}<span class="visually-hidden">: {SAFE}</span></a></header>'
        '<div class="body">x</div></section>'
    ),
    "{% display_switch 'large_type' e icon='contrast' look=e %}": (
        f'<button type="submit" name="large_type" value="1" aria-pressed="false" class="{SAFE}">'
        f"[contrast]<span>{SAFE}</span></button>"
    ),
    "{% display_language 'en' e %}": (
        '<button type="submit" name="language" value="en" lang="en" aria-pressed="true">'
        f"[languages]<span>{SAFE}</span></button>"
    ),
    "{% fold e count=e tone=e id=e open=True %}{{ e }}{% endfold %}": (
        f'<details class="panel fold" id="{SAFE}" open><summary><h2>{SAFE}</h2><span class="count {SAFE}">{SAFE}</span>'
        f"[chevron-down]</summary>{SAFE}</details>"
    ),
    "{% fold e %}x{% endfold %}": (
        f'<details class="panel fold"><summary><h2>{SAFE}</h2>[chevron-down]</summary>x</details>'
    ),
    "{% panel e level=3 action=e %}x{% endpanel %}": (
        f'<section class="panel"><header><h3>{SAFE}</h3></header><div class="body">x</div></section>'
    ),
    "{% message %}{{ e }}{% endmessage %}": f'<div class="message info">[info]<div>{SAFE}</div></div>',
    "{% message 'ok' %}x{% endmessage %}": '<div class="message ok">[circle-check]<div>x</div></div>',
    "{% message 'warn' %}x{% endmessage %}": '<div class="message warn">[triangle-alert]<div>x</div></div>',
    "{% message 'bad' %}x{% endmessage %}": '<div class="message bad">[circle-alert]<div>x</div></div>',
    "{% message e %}x{% endmessage %}": f'<div class="message {SAFE}">[info]<div>x</div></div>',
    "{% blockers e nothing %}": "",
    "{% blockers e blocking %}": (
        f'<div class="message bad">[circle-alert]<div><p class="strong">{SAFE}</p><div class="prose"><ul>'
        f'<li>{SAFE}</li><li><a href="/meetings/7/">{SAFE}</a></li></ul></div></div></div>'
    ),
    "{% placeholder e %}": f'<div class="empty">[inbox]<p class="title">{SAFE}</p></div>',
    "{% placeholder e e icon='users' action=e url=e secondary=e secondary_url=e %}": (
        f'<div class="empty">[users]<p class="title">{SAFE}</p><p>{SAFE}</p><div class="cluster">'
        f'<a class="button primary" href="{SAFE}">{SAFE}</a><a class="button" href="{SAFE}">{SAFE}</a></div></div>'
    ),
    "{% meter 1 3 %}": (
        '<div class="meter"><span><b>33 %</b></span>'
        '<progress max="3" value="1" aria-label="Progress">33 %</progress></div>'
    ),
    "{% meter 0 0 e shown=e tone=e %}": (
        f'<div class="meter"><span><span>{SAFE}</span><b>{SAFE}</b></span>'
        f'<progress class="{SAFE}" max="1" value="0" aria-label="{SAFE}">0 %</progress></div>'
    ),
    "{% dialog e e %}{{ e }}{% enddialog %}": (
        f'<dialog id="{SAFE}" aria-labelledby="{SAFE}-title"><header><h2 id="{SAFE}-title">{SAFE}</h2></header>'
        f"{SAFE}</dialog>"
    ),
    "{% fact e e %}": f"<div><dt>{SAFE}</dt><dd>{SAFE}</dd></div>",
    "{% fact e lines %}": f"<div><dt>{SAFE}</dt><dd>1<br>&lt;2&gt;</dd></div>",
    "{% fact e 0 %}": f"<div><dt>{SAFE}</dt><dd>0</dd></div>",
    "{% fact e %}": f'<div><dt>{SAFE}</dt><dd><span class="missing">not given</span></dd></div>',
    "{% fact e none wanted=True %}": (
        f'<div><dt>{SAFE}</dt><dd><span class="missing wanted">not given</span></dd></div>'
    ),
    "{% facts pairs %}": (
        f'<dl class="facts"><div><dt>{SAFE}</dt><dd>{SAFE}</dd></div>'
        '<div><dt>2</dt><dd><span class="missing">not given</span></dd></div></dl>'
    ),
    "{% figure e e %}": f"<div><dt>{SAFE}</dt><dd>{SAFE}</dd></div>",
    "{% figure e e e e %}": f'<div><dt><a href="{SAFE}">{SAFE}</a></dt><dd>{SAFE} <small>{SAFE}</small></dd></div>',
    "{% tasks full %}": (
        f'<ul class="tasks"><li><span class="what">{SAFE} <a href="{SAFE}">{SAFE}</a><small>{SAFE}</small></span>'
        f'<span class="term"><span class="pill bad">{SAFE}</span></span>'
        f'<span class="do">'
        f'<a class="button" href="{SAFE}">{SAFE}<span class="visually-hidden">: {SAFE} {SAFE}</span></a>'
        "</span></li></ul>"
    ),
    "{% tasks plain %}": (
        f'<ul class="tasks"><li><span class="what">{SAFE} {SAFE}</span>'
        '<span class="term"></span><span class="do"></span></li></ul>'
    ),
    "{% steps steps %}": (
        f'<ol class="steps"><li class="done">{SAFE}<span class="visually-hidden"> (done)</span></li>'
        f'<li aria-current="step"><a href="{SAFE}">{SAFE}</a><small>{SAFE}</small></li><li>{SAFE}</li></ol>'
    ),
    "{% checklist checks %}": (
        f'<ul class="checklist">'
        f'<li class="done">[circle-check]<span>{SAFE}<span class="visually-hidden"> (filled)</span>'
        f'</span></li><li class="wanted">[circle]<span><a href="{SAFE}">{SAFE}</a>'
        '<span class="visually-hidden"> (missing)</span></span></li></ul>'
    ),
    "{% crumbs %}{% crumb e e %}{% crumb e %}{% endcrumbs %}": (
        f'<nav class="crumbs" aria-label="You are here"><ol><li><a href="{SAFE}">{SAFE}</a></li>'
        f"<li>{SAFE}</li></ol></nav>"
    ),
    "{% tabs e %}{% tab e e current=True %}{% tab e e count=e tone=e %}{% tab e e count=0 %}{% endtabs %}": (
        f'<nav class="tabs" aria-label="{SAFE}"><ul><li><a href="{SAFE}" aria-current="page">{SAFE}</a></li>'
        f'<li><a href="{SAFE}">{SAFE} <span class="count {SAFE}">{SAFE}</span></a></li>'
        f'<li><a href="{SAFE}">{SAFE}</a></li></ul></nav>'
    ),
    "{% navigation entries %}": (
        f'<ul><li><a href="{SAFE}" aria-current="page">[users]<span>{SAFE}</span>'
        f'<span class="count {SAFE}" data-count="{SAFE}">{SAFE}</span></a></li>'
        f'<li><details class="navgroup" data-group="{SAFE}" open><summary>{SAFE}'
        f'<span class="count {SAFE}" data-count="{SAFE}">{SAFE}</span></summary><ul>'
        f'<li><a href="{SAFE}">[users]<span>{SAFE}</span></a></li>'
        f'<li><a href="{SAFE}">[users]<span>{SAFE}</span>'
        f'<span class="count {SAFE}" data-count="{SAFE}">{SAFE}</span></a></li></ul></details></li>'
        f'<li><a href="{SAFE}">[users]<span>{SAFE}</span></a></li></ul>'
    ),
    "{% about e e %}": f'<span class="visually-hidden">: {SAFE} {SAFE}</span>',
    "{% button e e %}": f'<a class="button" href="{SAFE}"><span>{SAFE}</span></a>',
    "{% button e e e icon='save' dialog=e %}": (
        f'<a class="button {SAFE}" href="{SAFE}" data-dialog="{SAFE}">[save]<span>{SAFE}</span></a>'
    ),
    "{% submit e %}": f'<button class="button primary" type="submit"><span>{SAFE}</span></button>',
    "{% submit e '' icon='save' name=e value=e %}": (
        f'<button class="button" type="submit" name="{SAFE}" value="{SAFE}">[save]<span>{SAFE}</span></button>'
    ),
    "{% post_button e e e icon='save' %}": (
        f'<form class="inline-form" method="post" action="{SAFE}"><input type="hidden" name="csrfmiddlewaretoken"'
        f' value="{SAFE}"><button class="button {SAFE}" type="submit">[save]<span>{SAFE}</span></button></form>'
    ),
    "{% menu e icon='save' kind=e %}{{ e }}{% endmenu %}": (
        f'<details class="menu"><summary class="button {SAFE}">[save]<span>{SAFE}</span>[chevron-down]</summary>'
        f'<div class="menu-list">{SAFE}</div></details>'
    ),
    "{% menu_link e e %}": f'<a href="{SAFE}"><span>{SAFE}</span></a>',
    "{% menu_link e e icon='save' kind=e dialog=e %}": (
        f'<a href="{SAFE}" class="{SAFE}" data-dialog="{SAFE}">[save]<span>{SAFE}</span></a>'
    ),
    "{% menu_post e e icon='save' kind=e %}": (
        f'<form method="post" action="{SAFE}"><input type="hidden" name="csrfmiddlewaretoken" value="{SAFE}">'
        f'<button type="submit" class="{SAFE}">[save]<span>{SAFE}</span></button></form>'
    ),
    "{% cells cells %}": (
        f'<td>{SAFE}<td><span class="pill {SAFE}">{SAFE}</span><td><span class="pill">{SAFE}</span><td>'
    ),
    "{% table_rows rows %}": (
        f'<tr><th scope="row"><a href="{SAFE}">{SAFE}</a><td>{SAFE}</tr>'
        f'<tr><th scope="row"><a href="{SAFE}">{SAFE}</a><td></tr>'
    ),
    "{% searching %}": (
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{SAFE}">'
        '<input type="hidden" name="searching" value="1">'
    ),
    "{% text_area e e 9 %}": f'<textarea name="{SAFE}" rows="2" maxlength="9">{SAFE}</textarea>',
    "{% text_area e e 9 id=e css=e %}": (
        f'<textarea id="{SAFE}" class="{SAFE}" name="{SAFE}" rows="2" maxlength="9">{SAFE}</textarea>'
    ),
    "{% figures_row figures %}": (
        f'<td class="n"><a href="{SAFE}">{SAFE}</a></td>'
        f'<td class="n">{SAFE}<span class="of">'
        '<meter class="bar" min="0" max="100" value="40">40 %</meter>40 %</span></td>'
    ),
    "{% figures_table table %}": (
        '<div class="table-wrap"><table class="table dense shares sums">'
        f'<caption class="visually-hidden">{SAFE}</caption><thead><tr><th scope="col">{SAFE}</th>'
        f'<th scope="col" class="n">{SAFE}</th></tr></thead>'
        f'<tbody><tr><th scope="row"><a href="{SAFE}">{SAFE}</a></th>'
        f'<td class="n"><a href="{SAFE}">{SAFE}</a></td></tr></tbody>'
        f'<tfoot><tr><th scope="row">Total</th><td class="n"><a href="{SAFE}">{SAFE}</a></td></tr></tfoot>'
        "</table></div>"
        f'<footer><p class="soft">{SAFE}</p></footer>'
    ),
    "{% table_rows one True %}": (
        '<tr><td class="check-cell"><label>'
        '<input type="checkbox" name="selected" value="7" aria-labelledby="s r7"></label>'
        f'<th scope="row" id="r7"><a href="{SAFE}">{SAFE}</a><td>{SAFE}</tr>'
    ),
    "{% column_labels labels 'people' %}": (
        '<style nonce="">.people td:nth-child(2){--label:"Date"}'
        '.people td:nth-child(3){--label:"\\00003cb\\00003e\\000022\\000027\\000026"}</style>'
    ),
    "{% column_labels labels 'people' True %}": (
        '<style nonce="">.people td:nth-child(3){--label:"Date"}'
        '.people td:nth-child(4){--label:"\\00003cb\\00003e\\000022\\000027\\000026"}</style>'
    ),
    "{% selection %}{{ e }}{% endselection %}": (
        '<div class="selection" data-selection-bar><span>Selected: <output data-selected-count>0</output></span>'
        '<button class="button quiet" type="button" data-select-none hidden>Clear the choice</button>'
        f'<div class="actions">{SAFE}</div></div>'
    ),
    "{% selection total=1234 %}{% endselection %}": (
        '<div class="selection" data-selection-bar><span>Selected: <output data-selected-count>0</output></span>'
        '<button class="button quiet" type="button" data-select-none hidden>Clear the choice</button>'
        '<label><input type="checkbox" name="all" value="1" data-select-found data-total="1,234" autocomplete="off">'
        ' <span>All found: 1,234</span></label><div class="actions"></div></div>'
    ),
    "{% selection total=e %}{% endselection %}": (
        '<div class="selection" data-selection-bar><span>Selected: <output data-selected-count>0</output></span>'
        '<button class="button quiet" type="button" data-select-none hidden>Clear the choice</button>'
        f'<label><input type="checkbox" name="all" value="1" data-select-found data-total="{SAFE}" autocomplete="off">'
        f' <span>All found: {SAFE}</span></label><div class="actions"></div></div>'
    ),
    "{% select_all %}": (
        '<th class="check-cell" scope="col"><label data-text="Select all on this page"><input type="checkbox"'
        ' data-select-page autocomplete="off" aria-label="Select all on this page"></label>'
        '<span hidden id="s">Select:</span></th>'
    ),
    "{% select_row e e %}": (
        f'<td class="check-cell"><label>'
        f'<input type="checkbox" name="selected" value="{SAFE}" aria-label="Select: {SAFE}">'
        "</label>"
    ),
    '{% select_row 7 heading="m" %}': (
        '<td class="check-cell"><label><input type="checkbox" name="selected" value="7" aria-labelledby="s m7"></label>'
    ),
}
VALUES = {
    "csrf_token": EVIL,
    "none": None,
    "nothing": [],
    "attrs": {"data-x": EVIL},
    "job": Job(state="done"),
    "lines": "1\n<2>",
    "blocking": [EVIL, Blocking(EVIL)],
    "pairs": [(EVIL, EVIL), (2, None)],
    "full": [
        dict.fromkeys(("text", "link", "link_url", "detail", "term", "action", "action_url"), EVIL) | {"tone": "bad"}
    ],
    "plain": [SimpleNamespace(text=EVIL, link=EVIL)],
    "steps": [
        {"label": EVIL, "state": "done", "url": EVIL},
        {"label": EVIL, "state": "now", "url": EVIL, "hint": EVIL},
        {"label": EVIL},
    ],
    "checks": [{"text": EVIL, "done": True}, {"text": EVIL, "url": EVIL}],
    "entries": [
        {
            "label": EVIL,
            "url": EVIL,
            "icon": "users",
            "counts": counts,
            "count": EVIL,
            "tone": EVIL,
            "current": group == "",
            "group": group,
            "group_label": EVIL,
            "open": True,
        }
        for group, counts in (("", EVIL), (EVIL, ""), (EVIL, EVIL), ("alone", ""))
    ],
    "cells": [
        SimpleNamespace(text=text, tone=tone) for text, tone in ((EVIL, None), (EVIL, EVIL), (EVIL, ""), ("", "ok"))
    ],
    "figures": [SimpleNamespace(text=EVIL, url=url, share=share) for url, share in ((EVIL, None), ("", 40))],
    "rows": [(pk, EVIL, EVIL, [SimpleNamespace(text=text, tone=None)]) for pk, text in ((7, EVIL), (8, None))],
    "one": [(7, EVIL, EVIL, [SimpleNamespace(text=EVIL, tone=None)])],
    "labels": ["", "Date", EVIL],
    "table": SimpleNamespace(
        key="sums",
        title=EVIL,
        heading=EVIL,
        columns=[EVIL],
        note=EVIL,
        rows=[(EVIL, EVIL, [SimpleNamespace(text=EVIL, url=EVIL, share=None)])],
        total=[SimpleNamespace(text=EVIL, url=EVIL, share=None)],
    ),
}


@pytest.mark.parametrize("source", COMPONENTS)
def test_a_component_has_this_html_and_escapes_its_values(source: str) -> None:
    assert render(source, **VALUES) == COMPONENTS[source]


def test_every_component_is_tried_with_hostile_values() -> None:
    tried = set(re.findall(r"{% (\w+)", " ".join(COMPONENTS)))
    elsewhere = {
        "pager",
        "row_field",
        "form_errors",
        "form_note",
        "styles",
        "scripts",
        "htmx_settings",
        "translate",
        "url",
    }
    # Tested in `test_charts`.
    elsewhere |= {"bar_chart", "grouped_bars", "line_chart", "data_table"}
    assert tried - {"end"} >= set(ui.register.tags) - elsewhere


@pytest.mark.parametrize("language", ["ru", "en", None])
@pytest.mark.parametrize(
    "tag",
    [
        '"Members"',
        '"No text of the catalogue, 5 %"',
        "'«quoted» & \"so\"'",
        '"Members" as words',
        '"Members"|upper',
        '"Reports" context "campaigns"',
        '"Members" noop',
        "given",
    ],
)
def test_texts_are_translated_as_by_django(tag: str, language: str | None) -> None:
    context = {"given": "Members"}
    with translation.override(language):
        for _again in range(2):
            ours, djangos = (
                Template(f"{{% load {libraries} %}}{{% translate {tag} %}}{{{{ words }}}}").render(Context(context))
                for libraries in ("i18n ui", "i18n")
            )
            assert ours == djangos


def test_addresses_are_made_as_by_django() -> None:
    sources = (
        '{% url "start" %}', '{% url "members:list" %}', '{% url "members:list" as found %}[{{ found }}]',
        '{% url "no-such-page" as found %}[{{ found }}]', '{% url "members:detail" 5 %}',
        '{% with name="start" %}{% url name %}{% endwith %}',
    )  # fmt: skip
    for prefix in ("/", "/registry&1/"):
        set_script_prefix(prefix)
        try:
            # Twice, because the second result comes from the cache.
            ours = [Template("{% load ui %}" + source).render(Context()) for source in (*sources, *sources)]
            assert ours == [Template(source).render(Context()) for source in (*sources, *sources)]
        finally:
            clear_script_prefix()
    with pytest.raises(NoReverseMatch):
        Template('{% load ui %}{% url "no-such-page" %}').render(Context())


class _Text(str):
    """A text of another class than `str`."""


@pytest.mark.parametrize(
    "value", [EVIL, _Text(EVIL), gettext_lazy(EVIL), "Иванова", mark_safe("<i>&amp;</i>"), 5, None]
)
def test_values_in_markup_are_escaped_as_by_django(value: Any) -> None:
    assert markup("<p>{}{other}</p>", value, other=value) == format_html("<p>{}{other}</p>", value, other=value)
    assert markup_join("&", "<p>{}</p>", [(value,), (value,)]) == format_html_join("&", "<p>{}</p>", [(value,)] * 2)
    assert (type(markup("{}", value)), type(markup_join("", "{}", [(value,)]))) == (SafeString, SafeString)


def test_safe_text_is_not_escaped_twice() -> None:
    assert render("{% pill x %}", x=mark_safe("<i>x</i>")) == '<span class="pill"><i>x</i></span>'


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("1.5"), "1,5"), (dt.date(2016, 4, 7), "7 апреля 2016 г."), (1234, "1234"), (True, "True")],
)
def test_values_are_shown_as_templates_show_them(value: Any, shown: str) -> None:
    with translation.override("ru"):
        assert render("{% figure '' value %}", value=value) == f"<div><dt></dt><dd>{shown}</dd></div>"
        assert render("{{ value }}", value=value) == shown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "+7 910 555-01-17, 4-99-52",
            '<a class="nowrap" href="tel:+79105550117">+7 910 555-01-17</a>, 4-99-52',
        ),
        ("a.b+c@example.ru", '<a href="mailto:a.b%2Bc@example.ru">a.b+c@example.ru</a>'),
        (f"+7{EVIL}", f'<a class="nowrap" href="tel:+7">+7{SAFE}</a>'),
        (f"@{EVIL}", f'<a href="mailto:@%3Cb%3E%22%27%26">@{SAFE}</a>'),
        (EVIL, SAFE),
        ("", ""),
    ],
)
def test_a_number_with_its_code_is_called_and_an_address_is_written_to_by_one_touch(text: str, html: str) -> None:
    assert render("{{ text|contact }}", text=text) == html


def test_the_pager_escapes_the_query_string() -> None:
    request = RequestFactory().get("/", {EVIL: EVIL, "page": "2"})
    html = render("{% pager page %}", page=Paginator(range(500), 50).page(2), request=request)
    assert "?%3Cb%3E%22%27%26=%3Cb%3E%22%27%26&amp;page=1" in html
    assert EVIL not in html
    assert html.startswith('<nav class="pager" aria-label="Pages"><p>51–100 of 500</p><ul><li><a href="?')
    assert '<li><span class="here" aria-current="page"><span class="visually-hidden">Page </span>2</span></li>' in html
    assert "<li>…</li>" in html


def test_the_pager_shows_a_total_in_words_and_nothing_for_a_single_page() -> None:
    lonely = SimpleNamespace(number=1, has_next=lambda: False, has_previous=lambda: False)
    assert render("{% pager page %}", page=lonely) == ""
    assert render("{% pager page total=e %}", page=lonely) == (
        f'<nav class="pager" aria-label="Pages"><p>Found: {SAFE}</p></nav>'
    )


class Sample(forms.Form):
    text = forms.CharField(label=EVIL, help_text="<i>ours</i>")
    number = forms.IntegerField(required=False, min_value=1)
    email = forms.EmailField(required=False)
    day = DateField(label="Day", required=False)
    choice = forms.ChoiceField(choices=[("", "any"), (EVIL, EVIL), ("group", [("1", EVIL), (2, "two")])])
    ticks = forms.MultipleChoiceField(choices=[(EVIL, EVIL)], widget=forms.CheckboxSelectMultiple)
    tick = forms.BooleanField(label=EVIL, help_text="<i>ours</i>")
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)
    word = forms.CharField(widget=forms.PasswordInput(attrs={"data-x": EVIL, "readonly": True, "lang": False}))


TYPED = dict.fromkeys(("text", "number", "email", "day", "choice", "hidden", "word"), EVIL) | {"ticks": [EVIL]}


def in_one_line(html: str) -> str:
    """Return the HTML without the line breaks between tags and between attributes in templates."""
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s*\n\s*", " ", html)).strip()


class ByDjango(TemplatesSetting):
    """Renders inputs with Django's own templates."""


@pytest.mark.parametrize("data", [None, TYPED, {"tick": "on", "number": "7", "choice": "2"}])
@pytest.mark.parametrize("name", [name for name in Sample.base_fields if name != "ticks"])
def test_an_input_equals_that_of_the_templates_of_django(name: str, data: Any) -> None:
    ours, theirs = str(Sample(data, renderer=Renderer())[name]), str(Sample(data, renderer=ByDjango())[name])
    assert in_one_line(ours) == in_one_line(theirs)


@pytest.mark.parametrize(
    "widget", [DateInput(), PhoneInput(), SnilsInput(), DigitsInput(4), forms.URLInput(), forms.Textarea()]
)
@pytest.mark.parametrize("value", [None, "", EVIL, mark_safe("<i>"), 7, dt.date(2016, 4, 7)])
def test_our_widgets_equal_those_of_the_templates_of_django(widget: forms.Widget, value: Any) -> None:
    attrs = {"id": EVIL, "title": mark_safe("&amp;"), "required": True, "disabled": False, "data-n": 5}
    ours, theirs = (widget.render("n", value, attrs, renderer) for renderer in (Renderer(), ByDjango()))
    assert in_one_line(ours) == in_one_line(theirs)


def test_the_functions_stand_for_templates_that_exist() -> None:
    for name in set(_FUNCTIONS) - {"django/forms/widgets/tel.html", "django/forms/field.html"}:
        assert ByDjango().get_template(name)


def test_names_of_attributes_are_escaped() -> None:
    assert attributes({EVIL: True, "a": EVIL, "b": False, "c": None}) == f' {SAFE} a="{SAFE}" c="None"'


def field(name: str, data: Any = None, **attributes_of_the_field: Any) -> str:
    form = Sample(data)
    for key, value in attributes_of_the_field.items():
        setattr(form.fields[name], key, value)
    html = form[name].as_field_group()
    html = re.sub(r'<svg class="icon"[^>]*><use href="[^"]+#([a-z-]+)"/></svg>', r"[\1]", html)
    return re.sub(r"\s*\n\s*|(?<=>) +(?=&)", "", html)


ASTERISK = ' <span class="required" aria-hidden="true">*</span>'


def test_a_field_has_its_label_its_help_and_its_input() -> None:
    assert field("text") == (
        f'<div class="field" data-field="text"><label for="id_text">{SAFE}{ASTERISK}</label>'
        '<div class="helptext" id="id_text_helptext"><i>ours</i></div>'
        '<input type="text" name="text" required aria-describedby="id_text_helptext" id="id_text"></div>'
    )


def test_a_field_shows_what_is_wrong_before_its_input() -> None:
    assert field("number", {"number": "x"}) == (
        '<div class="field has-error" data-field="number"><label for="id_number">Number</label>'
        '<ul class="errorlist" id="id_number_error"><li>[circle-alert]<span>'
        '<span class="visually-hidden">Error: </span>'
        'Enter a whole number.</span></li></ul><input type="number" name="number" value="x" min="1" aria-invalid="true"'
        ' aria-describedby="id_number_error" id="id_number"></div>'
    )


def test_a_check_box_precedes_its_label_and_help() -> None:
    assert field("tick") == (
        '<div class="field field-check" data-field="tick"><div class="check">'
        '<input type="checkbox" name="tick" required'
        f' aria-describedby="id_tick_helptext" id="id_tick"><label for="id_tick"><span>{SAFE}{ASTERISK}</span></label>'
        '</div><div class="helptext" id="id_tick_helptext"><i>ours</i></div></div>'
    )


def test_choices_are_in_a_fieldset_with_a_legend() -> None:
    assert field("ticks", help_text="Help") == (
        '<div class="field" data-field="ticks"><fieldset aria-describedby="id_ticks_helptext"><legend>Ticks'
        f'{ASTERISK}<span class="visually-hidden"> (required)</span></legend>'
        '<div class="helptext" id="id_ticks_helptext">Help</div><div id="id_ticks"><div>'
        f'<label for="id_ticks_0"><input type="checkbox" name="ticks" value="{SAFE}" id="id_ticks_0">'
        f"{SAFE}</label></div></div></fieldset></div>"
    )


def test_a_disabled_field_asks_for_nothing_and_a_marked_one_carries_the_asterisk() -> None:
    assert ASTERISK not in field("text", disabled=True)
    assert ASTERISK in field("email", marked=True)
    assert "<label" not in field("text", label="")


@pytest.mark.parametrize(("data", "state", "said"), [(None, "", 0), ({"number": EVIL}, " has-error", 1)])
def test_a_field_in_a_row_is_named_by_its_column_and_its_row(data: Any, state: str, said: int) -> None:
    html = render("{% row_field bound 'sum' 7 %}", bound=Sample(data)["number"])
    assert html.startswith(f'<div class="field{state}"><')
    assert html.count("Enter a whole number.") == said
    assert html.count('aria-labelledby="sum r7"') == 1
    assert EVIL not in html
