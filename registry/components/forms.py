"""Parts of forms: error summary, note on required fields, fields with labels, common inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .base import NOTHING, attribute, classes, element, escaped, markup, markup_join, rendered
from .icons import icon

_ASTERISK = mark_safe(' <span class="required" aria-hidden="true">*</span>')


def form_errors(*given: Any) -> SafeString:
    """Return the summary of all errors of the given forms and formsets, each linked to its field."""
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
    if not entries:
        return NOTHING
    count = len(entries)
    title = ngettext("Please correct %(number)s error", "Please correct %(number)s errors", count) % {"number": count}
    return markup(
        '<div class="error-summary" role="alert" tabindex="-1" data-error-summary'
        ' aria-labelledby="error-summary-title">'
        '\n<h2 id="error-summary-title">{}{}</h2>\n<ul>{}</ul>\n</div>',
        icon("circle-alert"),
        title,
        markup_join("", "<li>{}</li>", ((_error(*entry),) for entry in entries)),
    )


def _error(target: str, label: str, error: str) -> SafeString:
    words = markup("{}{}", element("{}: ", label), error)
    return markup('<a href="#{}">{}</a>', target, words) if target else words


def form_note(*given: Any) -> SafeString:
    """Return the line that explains the asterisk, if any of the forms has required fields."""
    if not any(field.required for form in _flat(given) for field in form.fields.values()):
        return NOTHING
    return markup(
        '<p class="form-note"><span class="required" aria-hidden="true">*</span> {}</p>',
        _("— the field must be filled in"),
    )


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
    """Return the id of the field's first control, for the link in the summary."""
    if bound.is_hidden:
        return ""
    if bound.use_fieldset and (widgets := bound.subwidgets):
        return str(widgets[0].id_for_label or bound.auto_id)
    return bound.id_for_label or bound.auto_id


def field(bound: forms.BoundField) -> SafeString:
    """Return a field with its label, help text, errors and input; the label of a single checkbox follows it."""
    check = isinstance(bound.field.widget, forms.CheckboxInput)
    errors = bound.errors
    return markup(
        '<div class="{}" data-field="{}"{}>\n{}\n</div>',
        classes("field", "field-check" if check else "", "has-error" if errors else "", bound.css_classes()),
        bound.name,
        attributes(getattr(bound.field, "condition", {})),
        (_check if check else _choices if bound.use_fieldset else _input)(bound, str(errors) if errors else ""),
    )


def row_field(bound: forms.BoundField, column: str, row: int) -> SafeString:
    """Return a field in a table row, labelled by the headings of its column and row: ids `column`, and «r» with `row`.

    This keeps the page of a long list small. Only fields with an error have an id, for the links in the summary.
    """
    errors = bound.errors
    attrs: dict[str, Any] = {"aria-labelledby": f"{column} r{row}"}
    if not errors:
        attrs["id"] = False
    return markup(
        '<div class="{}">{}{}</div>',
        classes("field", "has-error" if errors else ""),
        str(errors) if errors else NOTHING,
        bound.as_widget(attrs=attrs),
    )


def shows_required(bound: forms.BoundField) -> bool:
    """Return whether the label has the asterisk: not for disabled fields, but for `marked` ones that may be filled in
    later.
    """
    wanted = bound.field.required or getattr(bound.field, "marked", False)
    return bool(wanted and not bound.field.disabled)


def _check(bound: forms.BoundField, errors: str) -> SafeString:
    return markup(
        '{}\n<div class="check">{}<label{}><span>{}{}</span></label></div>\n{}',
        errors,
        bound,
        attribute("for", bound.id_for_label),
        bound.label,
        _ASTERISK if shows_required(bound) else "",
        _help(bound),
    )


def _choices(bound: forms.BoundField, errors: str) -> SafeString:
    required = NOTHING
    if shows_required(bound):
        required = markup('{}<span class="visually-hidden"> ({})</span>', _ASTERISK, _("required"))
    return markup(
        "<fieldset{}>\n{}\n{}\n{}\n{}\n</fieldset>",
        attribute("aria-describedby", bound.aria_describedby),
        element("<legend>{}{}</legend>", bound.label, required),
        _help(bound),
        errors,
        bound,
    )


def _input(bound: forms.BoundField, errors: str) -> SafeString:
    label = NOTHING
    if bound.label:
        required = _ASTERISK if shows_required(bound) else ""
        label = markup("<label{}>{}{}</label>", attribute("for", bound.id_for_label), bound.label, required)
    return markup("{}\n{}\n{}\n{}", label, _help(bound), errors, bound)


def _help(bound: forms.BoundField) -> SafeString:
    """Return the help text; it is part of our code and may contain HTML."""
    name = attribute("id", f"{bound.auto_id}_helptext" if bound.auto_id else "")
    return element('<div class="helptext"{}>{}</div>', name, mark_safe(bound.help_text)) if bound.help_text else NOTHING


# Inputs, with the same HTML as Django's own templates.


class Renderer(TemplatesSetting):
    """Form renderer that uses functions for fields and common inputs and templates for everything else."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        function = _FUNCTIONS.get(template_name)
        return function(context) if function else super().render(template_name, context, request)


def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """Return the attributes of an input: True becomes a bare name, False is omitted."""
    return SafeString(
        "".join(
            [
                markup(" {}", name) if value is True else markup(' {}="{}"', name, _text(value))
                for name, value in attrs.items()
                if value is not False
            ]
        )
    )


def _text(value: Any) -> SafeString:
    return SafeString(value) if isinstance(value, SafeData) else escaped(str(value))


def _plain_input(context: Mapping[str, Any]) -> SafeString:
    widget = context["widget"]
    value = NOTHING if widget["value"] is None else markup(' value="{}"', _text(widget["value"]))
    return markup('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, attributes(widget["attrs"]))


def _date_input(context: Mapping[str, Any]) -> SafeString:
    """Return the input with the button of its calendar, which a script makes visible."""
    return markup(
        '<span class="date-control">{}<button class="button" type="button" data-calendar hidden'
        ' aria-label="{}">{}</button></span>',
        _plain_input(context),
        _("Calendar"),
        icon("calendar-days"),
    )


def _select(context: Mapping[str, Any]) -> SafeString:
    widget = context["widget"]
    return markup(
        '<select name="{}"{}>\n{}</select>',
        widget["name"],
        attributes(widget["attrs"]),
        SafeString("".join([_options(name, options) for name, options, _index in widget["optgroups"]])),
    )


def _options(group: Any, options: Iterable[Mapping[str, Any]]) -> SafeString:
    lines = SafeString("".join([_option_line(option) for option in options]))
    return markup('<optgroup label="{}">\n{}</optgroup>\n', group, lines) if group else lines


def _option_line(option: Mapping[str, Any]) -> SafeString:
    attrs = option["attrs"]
    return markup(
        '<option value="{}"{}>{}</option>',
        _text(option["value"]),
        attributes(attrs) if attrs else NOTHING,
        rendered(option["label"]),
    )


def _multiple_input(context: Mapping[str, Any]) -> SafeString:
    """Return radio buttons or checkboxes, each in its label."""
    widget = context["widget"]
    groups = markup_join("", "{}", ((_group(name, options),) for name, options, _index in widget["optgroups"]))
    attrs = widget["attrs"]
    return markup(
        "<div{}{}>{}\n</div>", attribute("id", attrs.get("id")), attribute("class", attrs.get("class")), groups
    )


def _group(name: Any, options: Iterable[Mapping[str, Any]]) -> SafeString:
    lines = markup_join("", "<div>{}</div>", ((_option(option),) for option in options))
    return markup("\n  <div><label>{}</label>{}\n  </div>", name, lines) if name else lines


def _option(option: Mapping[str, Any]) -> SafeString:
    control = _plain_input({"widget": option})
    if not option["wrap_label"]:
        return control
    target = attribute("for", option["attrs"].get("id"))
    return markup("<label{}>{} {}</label>", target, control, rendered(option["label"]))


_WIDGETS = "django/forms/widgets"
_FUNCTIONS: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    "django/forms/field.html": lambda context: field(context["field"]),
    "ui/date_input.html": _date_input,
    f"{_WIDGETS}/select.html": _select,
    f"{_WIDGETS}/radio.html": _multiple_input,
    f"{_WIDGETS}/checkbox_select.html": _multiple_input,
} | {
    f"{_WIDGETS}/{name}.html": _plain_input
    for name in ("input", "text", "number", "email", "date", "hidden", "checkbox", "password", "tel", "url")
}


def text_area(name: str, text: str, most: int, id: str = "", css: str = "") -> SafeString:
    """Return a multi-line field with this text, at most `most` characters.

    Indentation is stripped from pages, so templates cannot contain fields in which spaces matter.
    """
    return markup(
        '<textarea{}{} name="{}" rows="2" maxlength="{}">\n{}</textarea>',
        attribute("id", id),
        attribute("class", css),
        name,
        most,
        text,
    )


def searching(context: Context) -> SafeString:
    """Return the hidden fields of a search form: it is sent by POST, so that its words are in no address."""
    return markup('{}<input type="hidden" name="searching" value="1">', CsrfTokenNode().render(context))
