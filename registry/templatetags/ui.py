"""The components as template tags; `docs/interface.md` shows an example of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as given_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from registry.organizations.models import Organization

from ..components import boxes, buttons, charts, facts, forms, icons, navigation, switches, tables
from ..navigation import address_of

register = template.Library()

#: Style sheets in the order of their layers, one file per component.
STYLES = (
    "layers",
    "tokens",
    "base",
    "layout",
    "button",
    "field",
    "panel",
    "pill",
    "table",
    "filters",
    "crumbs",
    "tabs",
    "facts",
    "chart",
    "rows",
    "card",
    "tasks",
    "tree",
    "pager",
    "menu",
    "dialog",
    "message",
    "upload",
    "session",
    "utilities",
    "print",
)
#: Scripts, each an independent module that finds its elements by data attributes.
SCRIPTS = (
    "errors",
    "menu",
    "navigation",
    "keys",
    "fold",
    "confirm",
    "selection",
    "fees",
    "answers",
    "concerns",
    "masks",
    "calendar",
    "drafts",
    "leave",
    "idle",
    "crop",
    "reveal",
    "upload",
)

_TAGS: tuple[Callable[..., SafeString], ...] = (
    boxes.pill,
    boxes.state_pill,
    boxes.blockers,
    boxes.placeholder,
    boxes.meter,
    facts.fact,
    facts.facts,
    facts.figure,
    facts.tasks,
    facts.steps,
    facts.checklist,
    navigation.crumb,
    navigation.tab,
    navigation.navigation,
    buttons.about,
    buttons.button,
    buttons.submit,
    buttons.menu_link,
    switches.display_language,
    tables.cells,
    tables.table_rows,
    tables.figures_row,
    tables.figures_table,
    tables.select_all,
    tables.select_row,
    charts.bar_chart,
    charts.grouped_bars,
    charts.line_chart,
    charts.data_table,
    forms.form_errors,
    forms.form_note,
    forms.row_field,
    forms.attributes,
    forms.text_area,
)
_WITH_CONTEXT: tuple[Callable[..., SafeString], ...] = (
    navigation.pager,
    tables.column_labels,
    buttons.post_button,
    buttons.menu_post,
    switches.display_switch,
    forms.searching,
)
_BLOCKS: tuple[Callable[..., SafeString], ...] = (
    boxes.panel,
    boxes.fold,
    boxes.message,
    boxes.dialog,
    navigation.crumbs,
    navigation.tabs,
    buttons.menu,
    tables.selection,
)
for tag in _TAGS:
    register.simple_tag(tag)
for tag in _WITH_CONTEXT:
    register.simple_tag(tag, takes_context=True)
for tag in _BLOCKS:
    register.simple_block_tag(tag)


class _Words(TranslateNode):
    """A text of the catalogue without placeholders."""

    def __init__(self, expression: FilterExpression) -> None:
        super().__init__(expression, noop=False)
        self._text: str = expression.var.literal

    def render(self, context: template.Context) -> str:
        return _translated(get_language(), self._text)


@lru_cache(maxsize=8192)
def _translated(language: str | None, text: str) -> SafeString:
    # The catalogue doubles percent signs.
    return mark_safe(gettext(text.replace("%", "%%")).replace("%%", "%"))


@register.tag
def translate(parser: Parser, token: Token) -> template.Node:
    """Translate like Django's tag; a text without placeholders is looked up once for each language.

    A list of fifty rows has hundreds of them, and Django's tag takes four times as long.
    """
    node = do_translate(parser, token)
    given = node.filter_expression
    if given.filters or given.var.lookups or node.noop or node.asvar or node.message_context:
        return node
    return _Words(given)


class _Address(URLNode):
    """The address of a page without parameters."""

    def render(self, context: template.Context) -> str:
        url = address_of(self.view_name.var)
        if not url:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = url
            return ""
        return conditional_escape(url) if context.autoescape else url


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    """Return the address of a page like Django's tag; one without parameters is cached in each process."""
    node = given_url(parser, token)
    if node.args or node.kwargs or node.view_name.filters or not isinstance(node.view_name.var, str):
        return node
    return _Address(node.view_name, [], {}, node.asvar)


@register.filter
def document_in(rule: str | None, organization: Organization | None) -> str:
    """Return the title of the federation's document with the rule; ids of rules are never shown."""
    return organization.charter.document_of(rule) if rule and organization is not None else ""


register.filter("contact", facts.contact)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return an icon of the Lucide set, hidden from screen readers."""
    return icons.icon(str(name), str(css))


@register.simple_tag
def htmx_settings() -> SafeString:
    """Return the settings of htmx: no evaluation, no inserted styles and scripts, no stored pages and no other
    hosts.
    """
    settings = {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
    }
    return format_html('<meta name="htmx-config" content="{}">', json.dumps(settings))


@register.simple_tag
@cache
def styles() -> SafeString:
    """Return the links to all style sheets."""
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f"css/{name}.css"),) for name in STYLES)
    )


@register.simple_tag
@cache
def scripts() -> SafeString:
    """Return the script elements of all modules."""
    return format_html_join(
        "\n", '<script type="module" src="{}"></script>', ((static(f"js/{name}.js"),) for name in SCRIPTS)
    )
