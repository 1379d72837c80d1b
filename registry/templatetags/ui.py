"""The components of every page as template tags; `docs/interface.md` shows each with a line of use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from django import forms, template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()

#: Style sheets in the order of their layers; one file per component.
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
#: Behaviours, each a module that finds its own elements by data attributes and works on its own.
SCRIPTS = ("errors", "menu", "confirm", "selection", "masks", "drafts", "leave", "idle", "crop", "reveal", "upload")

TONE_ICONS = {"ok": "check", "warn": "clock", "bad": "circle-alert", "info": "info", "": "", "neutral": ""}


def _render(name: str, /, **context: Any) -> SafeString:
    return get_template(f"ui/{name}.html").render(context)  # type: ignore[return-value]


@lru_cache(maxsize=256)
def _icon(name: str, css: str) -> SafeString:
    svg = lucide(name, size=None, aria_hidden="true", focusable="false")
    return mark_safe(svg.replace("<svg ", f'<svg class="{css}" ', 1))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the Lucide set that says nothing to a screen reader; the words beside it do."""
    return _icon(str(name), f"icon {css}".strip())


@register.simple_tag
@cache
def styles() -> SafeString:
    """Links to the style sheets of all components."""
    return _render("styles", paths=[f"css/{name}.css" for name in STYLES])


@register.simple_tag
@cache
def scripts() -> SafeString:
    """The modules of all behaviours."""
    return _render("scripts", paths=[f"js/{name}.js" for name in SCRIPTS])


# Boxes and short pieces


@register.simple_block_tag
def panel(
    content: str,
    title: str = "",
    *,
    note: str = "",
    action: str = "",
    action_url: str = "",
    flush: bool = False,
    tone: str = "",
    id: str = "",
    level: int = 2,
) -> SafeString:
    """A box with a heading; `flush` for tables and lists that bring their own spaces."""
    return _render(
        "panel",
        content=content,
        title=title,
        note=note,
        action=action,
        action_url=action_url,
        flush=flush,
        tone=tone,
        id=id,
        level=level,
    )


@register.simple_tag
def pill(text: Any, tone: str = "") -> SafeString:
    """A state in a word or two; `tone` is ok, warn, bad, info or empty."""
    name = TONE_ICONS.get(tone, "")
    mark = _icon(name, "icon") if name else ""
    return format_html('<span class="pill {}">{}<span>{}</span></span>', tone, mark, text)


@register.simple_block_tag
def message(content: str, tone: str = "info") -> SafeString:
    """A note on the page in a frame of its tone."""
    return _render("message", content=content, tone=tone)


@register.simple_tag
def placeholder(
    title: str,
    text: str = "",
    *,
    icon: str = "inbox",
    action: str = "",
    url: str = "",
    secondary: str = "",
    secondary_url: str = "",
) -> SafeString:
    """Nothing is here yet, why, and what to do about it."""
    return _render(
        "empty",
        title=title,
        text=text,
        icon=icon,
        action=action,
        url=url,
        secondary=secondary,
        secondary_url=secondary_url,
    )


@register.simple_tag
def meter(value: float, maximum: float = 100, label: str = "", *, shown: str = "", tone: str = "") -> SafeString:
    """A bar of progress with its words; `shown` replaces the percents."""
    share = round(100 * value / maximum) if maximum else 0
    return _render("meter", value=value, maximum=maximum or 1, label=label, shown=shown, share=share, tone=tone)


# Facts and figures


@register.simple_tag
def fact(label: str, value: Any = "", *, wanted: bool = False) -> SafeString:
    """One line of `<dl class="facts">`; an empty value is shown as such, in red where it is wanted."""
    blank = value is None or value == ""
    return _render("fact", label=label, value=value, blank=blank, wanted=wanted)


@register.simple_tag
def facts(items: Iterable[Sequence[Any]]) -> SafeString:
    """A list of facts from pairs of label and value."""
    return _render("facts", items=[(label, value, value is None or value == "") for label, value in items])


@register.simple_tag
def figure(label: str, value: Any, note: str = "", url: str = "") -> SafeString:
    """One figure of `<dl class="figures">`; with an address the whole box leads there."""
    return _render("figure", label=label, value=value, note=note, url=url)


@register.simple_tag
def tasks(items: Iterable[Any]) -> SafeString:
    """What is to be done: items with text, link, link_url, detail, term, tone, action, action_url."""
    return _render("tasks", items=items)


@register.simple_tag
def steps(items: Iterable[Any]) -> SafeString:
    """Numbered steps: items with label, state (done, now or empty), url and hint."""
    return _render("steps", items=items)


@register.simple_tag
def checklist(items: Iterable[Any]) -> SafeString:
    """What is there and what is missing: items with text, done, url."""
    return _render("checklist", items=items)


# Ways


@register.simple_block_tag
def crumbs(content: str) -> SafeString:
    """The way to this page from above; holds `crumb` tags."""
    return _render("crumbs", content=content)


@register.simple_tag
def crumb(label: Any, url: str = "") -> SafeString:
    """One step of the way; without an address only the name is shown."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html("<li>{}</li>", label)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Tabs of a record, each a page of its own; holds `tab` tags."""
    return _render("tabs", content=content, label=label)


@register.simple_tag
def tab(label: Any, url: str, current: bool = False, count: Any = None, tone: str = "") -> SafeString:
    """One tab; `count` is what waits there."""
    return _render("tab", label=label, url=url, current=current, count=count, tone=tone)


@register.simple_tag(takes_context=True)
def pager(context: Context, page: Any, total: int | None = None, name: str = "page") -> SafeString:
    """Steps through a page object that knows number, has_next and has_previous; the count of pages is not needed."""
    paginator = getattr(page, "paginator", None)
    numbers: list[Any] = []
    if paginator is not None and hasattr(paginator, "get_elided_page_range"):
        numbers = list(paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
        total = paginator.count if total is None else total
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is None:
            return f"?{name}={number}"
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return _render(
        "pager",
        page=page,
        total=total,
        numbers=[(n, address(n) if isinstance(n, int) else "") for n in numbers],
        previous=address(page.number - 1) if page.has_previous() else "",
        next=address(page.number + 1) if page.has_next() else "",
    )


# Buttons and menus


@register.simple_tag
def button(label: str, url: str, kind: str = "", *, icon: str = "", dialog: str = "") -> SafeString:
    """A link that looks like a button; `dialog` names a `dialog` opened instead where scripts run."""
    return _render("button", label=label, url=url, kind=kind, icon=icon, dialog=dialog)


@register.simple_tag
def submit(label: str, kind: str = "primary", *, icon: str = "", name: str = "", value: str = "") -> SafeString:
    """The button that sends its form."""
    return _render("submit", label=label, kind=kind, icon=icon, name=name, value=value)


@register.simple_tag(takes_context=True)
def post_button(context: Context, label: str, url: str, kind: str = "", *, icon: str = "") -> SafeString:
    """A form of one button, for a step that changes something and needs no further question."""
    return _render("post_button", label=label, url=url, kind=kind, icon=icon, csrf_token=context.get("csrf_token"))


@register.simple_block_tag
def menu(content: str, label: str, *, icon: str = "", kind: str = "") -> SafeString:
    """A drop-down of links and forms behind one button; holds `menu_link` and `menu_post`."""
    return _render("menu", content=content, label=label, icon=icon, kind=kind)


@register.simple_tag
def menu_link(label: str, url: str, *, icon: str = "", kind: str = "", dialog: str = "") -> SafeString:
    """A link in a menu."""
    return _render("menu_link", label=label, url=url, icon=icon, kind=kind, dialog=dialog)


@register.simple_tag(takes_context=True)
def menu_post(context: Context, label: str, url: str, *, icon: str = "", kind: str = "") -> SafeString:
    """A step in a menu that changes something."""
    return _render("menu_post", label=label, url=url, icon=icon, kind=kind, csrf_token=context.get("csrf_token"))


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A question over the page; a link with `data-dialog` opens it and is its page where no scripts run."""
    return _render("dialog", content=content, id=id, title=title)


# Tables with a choice of rows


@register.simple_block_tag
def selection(content: str, total: int | None = None) -> SafeString:
    """The bar over a table with chosen rows; its content are the buttons of bulk actions."""
    shown = number_format(total, force_grouping=True) if total else ""
    return _render("selection", content=content, total=shown)


@register.simple_tag
def select_all() -> SafeString:
    """The header cell that chooses every row of the page."""
    return _render("select_all")


@register.simple_tag
def select_row(pk: int | str, label: Any) -> SafeString:
    """The cell that chooses a row: field `selected`, value `pk`."""
    return _render("select_row", pk=pk, label=label)


# Forms


@register.simple_tag
def form_errors(*given: Any) -> SafeString:
    """The summary of all errors of one or several forms and formsets, each leading to its field."""
    entries: list[tuple[str, str, str]] = []
    for form in _flat(given):
        form.errors_shown = True  # type: ignore[attr-defined]
        if not form.is_bound:
            continue
        for name, errors in form.errors.items():
            label, target = "", ""
            if name in form.fields:
                bound = form[name]
                label, target = str(bound.label), _target(bound)
            entries += [(target, label, str(error)) for error in errors]
    for formset in given:
        if isinstance(formset, forms.BaseFormSet) and formset.is_bound:
            entries += [("", "", str(error)) for error in formset.non_form_errors()]
    return _render("form_errors", entries=entries)


@register.simple_tag
def form_note(*given: Any) -> SafeString:
    """The line that explains the asterisk, where a form has required fields."""
    if any(field.required for form in _flat(given) for field in form.fields.values()):
        return _render("form_note")
    return mark_safe("")


@register.filter
def is_check(bound: forms.BoundField) -> bool:
    """Is it a single check box, whose label stands after it?"""
    return isinstance(bound.field.widget, forms.CheckboxInput)


@register.filter
def shows_required(bound: forms.BoundField) -> bool:
    """Does the label carry the asterisk? A disabled field asks for nothing; a `marked` one may be filled in later."""
    wanted = bound.field.required or getattr(bound.field, "marked", False)
    return bool(wanted and not bound.field.disabled)


def _flat(given: Iterable[Any]) -> list[forms.BaseForm]:
    found: list[forms.BaseForm] = []
    for item in given:
        if isinstance(item, forms.BaseForm):
            found.append(item)
        elif isinstance(item, forms.BaseFormSet):
            found += item.forms
        elif isinstance(item, Iterable):
            found += _flat(item)
    return found


def _target(bound: forms.BoundField) -> str:
    """Id of the first control of the field, for the summary's link."""
    if bound.is_hidden:
        return ""
    if bound.use_fieldset and (widgets := bound.subwidgets):
        return str(widgets[0].id_for_label or bound.auto_id)
    return bound.id_for_label or bound.auto_id
