"""Forms for codes of the second factor, and for asking for the password again (U-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation

from ..rules import second_factor as rules
from .session import MAX_PASSWORD_LENGTH, PasswordForm, PasswordInput

#: Maximum length of a typed code, including spaces.
_MAX_CODE_LENGTH = 40


class CodeField(forms.CharField):
    """The code from the telephone or from the sheet, with or without spaces."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            {
                "class": "input-short one-code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        )
        super().__init__(**{"label": _("Code"), "max_length": _MAX_CODE_LENGTH, "widget": widget, **kwargs})


class CodeForm(forms.Form):
    """One code."""

    code = CodeField()

    def __init__(self, *args: Any, focused: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if focused:
            self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        try:
            return rules.check_code_is_whole(self.cleaned_data["code"])
        except RuleViolation as violation:
            raise forms.ValidationError(str(violation.message)) from violation


class AgainForm(PasswordForm):
    """Asks for the password, and for a code if the account has a second factor, before a dangerous step."""

    prefix = "again"

    password = forms.CharField(
        label=_("Your password"),
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=PasswordInput("current-password"),
    )
    code = CodeField()

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]
        self.fields["password"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        try:
            return rules.check_code_is_whole(self.cleaned_data["code"])
        except RuleViolation as violation:
            raise forms.ValidationError(str(violation.message)) from violation
