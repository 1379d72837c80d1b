"""Form inputs: dates as typed in Russia, grouped numbers, files; all work without scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

from .days import DAY_FORMAT

_DAY_FIRST = re.compile(r"(\d{1,2})[.,/\- ](\d{1,2})[.,/\- ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")

#: What Django's own fields and checks of passwords say; our catalogue says it as
#: our fields do, and what to do.
DJANGO_WORDS = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid time."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Enter a valid URL."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("No file was submitted. Check the encoding type on the form."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
        "max",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
        "max",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
)


def normalise_date(text: str) -> str:
    """Return the typed date as ДД.ММ.ГГГГ if it is unambiguous and exists; otherwise the text unchanged."""
    cleaned = text.strip().removesuffix("г.").strip()
    if found := _DAY_FIRST.fullmatch(cleaned) or _DIGITS.fullmatch(cleaned):
        day, month, year = found.groups()
    elif found := _YEAR_FIRST.fullmatch(cleaned):
        year, month, day = found.groups()
    else:
        return text
    try:
        return dt.date(int(year), int(month), int(day)).strftime("%d.%m.") + year
    except ValueError:
        return text


class DateInput(forms.DateInput):
    """A date input that accepts 27.04.2026, 27042026, 27/04/2026 and 2026-04-27, with a calendar if scripts run.

    The calendar offers days until today if `past`, from today on if `coming`.
    """

    template_name = "ui/date_input.html"
    past = coming = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        defaults = {
            "class": "input-date",
            "inputmode": "numeric",
            "autocomplete": "off",
            "maxlength": "14",
            "placeholder": _("DD.MM.YYYY"),
            "data-mask": "date",
        }
        super().__init__({**defaults, **(attrs or {})}, format=DAY_FORMAT)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return normalise_date(value) if isinstance(value, str) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        today = timezone.localdate().isoformat()
        bounds = {"data-max": today} if self.past else {"data-min": today} if self.coming else {}
        context["widget"]["attrs"] |= {"data-today": today, **bounds}
        return context


class DateOrYearInput(DateInput):
    """A date input for fields that allow only a year; a year stays as typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "placeholder": _("DD.MM.YYYY or YYYY"),
            "data-mask": "date-or-year",
            "data-whole": _("Only the year {year}"),
        }
        super().__init__({**own, **(attrs or {})})


class DateField(forms.DateField):
    """A date with a four-digit year; two digits are refused because the century would be a guess.

    `past` and `coming` limit the calendar; rules decide whether a date is allowed.
    """

    widget = DateInput
    input_formats = [DAY_FORMAT]
    default_error_messages = {
        "invalid": _("Enter a date that exists as DD.MM.YYYY, with all four digits of the year: 27.04.2026.")
    }

    def __init__(self, *, past: bool = False, coming: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.past, self.widget.coming = past, coming


class BirthDateField(DateField):
    """A date of birth: its calendar begins with the choice of the year."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-begin": "year"}


class SuggestInput(forms.TextInput):
    """A text input with suggestions of names while typing, from the address in the attribute `hx-get`."""

    template_name = "ui/suggest_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})


class _MaskedInput(forms.TextInput):
    """A text input whose digits a script groups while typing."""

    mask = ""
    defaults: Mapping[str, Any] = {}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-mask": self.mask, **self.defaults, **(attrs or {})})


class PhoneInput(_MaskedInput):
    """A telephone number; Russian ones are grouped as +7 910 555-01-17."""

    input_type = "tel"
    mask = "phone"
    defaults = {"class": "input-medium", "inputmode": "tel", "autocomplete": "off", "maxlength": "60"}


class SnilsInput(_MaskedInput):
    """СНИЛС, grouped as 123-456-789 64."""

    mask = "snils"
    defaults = {
        "class": "input-medium input-digits",
        "inputmode": "numeric",
        "autocomplete": "off",
        "maxlength": "20",
        "placeholder": "000-000-000 00",
    }


class DigitsInput(forms.TextInput):
    """A number with a fixed number of digits (INN, BIC, postal code); scripts remove other characters."""

    def __init__(self, length: int, attrs: dict[str, Any] | None = None) -> None:
        width = "input-short" if length <= 8 else "input-medium"
        defaults = {
            "class": f"{width} input-digits",
            "inputmode": "numeric",
            "autocomplete": "off",
            # Allow for spaces in a pasted number.
            "maxlength": str(length + 8),
            "data-mask": "digits",
            "data-length": str(length),
        }
        super().__init__({**defaults, **(attrs or {})})


class RadioRow(forms.RadioSelect):
    """Radio buttons side by side; options do not repeat the class of the row, which matters in long lists of forms."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "choices-row", **(attrs or {})})

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        option["attrs"].pop("class", None)
        return option


class UploadInput(forms.FileInput):
    """A file input with drag and drop; `kept` describes the file already stored."""

    template_name = "ui/upload.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, accept: str = "", kept: Any = "") -> None:
        self.kept = kept
        super().__init__({**({"accept": accept} if accept else {}), **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["kept"] = self.kept
        return context


class CropInput(UploadInput):
    """A photograph with a movable crop frame; the form has the fields crop_x, crop_y, crop_w, crop_h."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, kept: Any = "") -> None:
        super().__init__({"data-crop": "crop", **(attrs or {})}, accept="image/jpeg,image/png,image/webp", kept=kept)


_SUM_ERRORS = {
    "invalid": _("Enter the sum in figures, such as 50 or 50,00."),
    "min_value": _("Enter an amount in roubles and kopecks, above zero."),
    "max_digits": _("The sum is too large. Check it."),
    "max_whole_digits": _("The sum is too large. Check it."),
    "max_decimal_places": _("Enter an amount in roubles and kopecks, above zero."),
}


#: What people write after a sum, and after a percentage.
_ROUBLES = re.compile(r"(?:₽|руб(?:л[ьяей]+)?\.?|р\.?)$", re.IGNORECASE)
PERCENT = re.compile("%$")
#: Decimal takes the digits of every script, too, and powers of ten such as 1e5.
_SUM = re.compile(r"[+-]?\d*\.?\d*", re.ASCII)


class SumField(forms.DecimalField):
    """An amount in roubles and kopecks; accepts comma or point, spaces between thousands, and the unit after it."""

    def __init__(self, *, unit: re.Pattern[str] = _ROUBLES, **kwargs: Any) -> None:
        attrs = {"class": "input-short", "inputmode": "decimal", "autocomplete": "off", "maxlength": "14"}
        kwargs.setdefault("error_messages", _SUM_ERRORS)
        self.unit = unit
        super().__init__(
            min_value=Decimal("0.01"), max_digits=12, decimal_places=2, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = self.unit.sub("", "".join(value.split())).replace(",", ".")
            if not _SUM.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def run_validators(self, value: Any) -> None:
        """Report only the first error, because several bounds may be violated at once (0,005)."""
        try:
            super().run_validators(value)
        except ValidationError as error:
            raise error.error_list[0] from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


class StepForm(forms.Form):
    """Base of several forms on one page; ids of fields begin with the step, so that they are unique."""

    step = ""

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id=f"{self.step}-%s")
