"""Forms for printing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .codes import CODE_LENGTH, code_digits, in_groups, is_mistyped, is_whole


class CodeField(forms.CharField):
    """A verification code, typed with or without spaces and hyphens."""

    def clean(self, value: Any) -> str:
        """Return the digits of the code."""
        code = code_digits(super().clean(value))
        if not is_whole(code):
            raise forms.ValidationError(_("A code has %(count)s digits.") % {"count": CODE_LENGTH})
        if is_mistyped(code):
            said = _("A digit of this code is wrong. Compare it with the paper: %(code)s.")
            raise forms.ValidationError(said % {"code": in_groups(code)})
        return code


class CodeForm(forms.Form):
    """Verification code of a paper to look up."""

    code = CodeField(
        label=gettext_lazy("Verification code"),
        max_length=40,
        help_text=gettext_lazy("Sixteen digits at the bottom of the paper, after «Код проверки»."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
