"""Forms for sign-in, passwords, the name check and the user's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.errors import RuleViolation, ServerBusy
from registry.organizations.models import Organization, RenameRequest
from registry.widgets import PhoneInput

from ..hashing import one_of
from ..models import Account
from ..rules import accounts as rules
from ..rules import attempts
from ..transitions import sessions
from ..transitions.credentials import canonical_login, canonical_password
from ..transitions.visits import visitor_of

#: Maximum length of a password; hashing longer text would only cost time.
MAX_PASSWORD_LENGTH = 200


class PasswordInput(forms.PasswordInput):
    """A password input whose text can be shown while typing, if scripts run."""

    template_name = "registry/session/password_input.html"

    def __init__(self, autocomplete: str) -> None:
        super().__init__({"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})


class PasswordForm(forms.Form):
    """A form that checks or sets a password. The server may be too busy to hash it."""

    busy = False

    def say_busy(self) -> None:
        """Add an error that the server was too busy, and what to do."""
        self.busy = True
        self.add_error(None, str(ServerBusy.message))


class SignInForm(PasswordForm):
    """Login and password; the error does not reveal whether the login exists (U-2)."""

    username = forms.CharField(
        label=_("Login"),
        max_length=100,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"), max_length=MAX_PASSWORD_LENGTH, strip=False, widget=PasswordInput("current-password")
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.account: Account | None = None
        #: Code of the error, for the journal.
        self.refusal = ""

    def clean_username(self) -> str:
        return canonical_login(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        login, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not login or not password:
            return self.cleaned_data
        # One-time passwords are accepted in any spelling, chosen passwords only exactly.
        if rules.has_one_time_password(login):
            password = canonical_password(password)
        try:
            with one_of(visitor_of(sessions.visitor_address(self.request))) as attempt:
                account = authenticate(self.request, username=login, password=password)
                attempt.wrong = account is None
        except ServerBusy:
            self.say_busy()
            return self.cleaned_data
        if not isinstance(account, Account):
            self.refusal = "wrong"
            raise ValidationError(
                _(
                    "The login and the password do not fit. Check the language of the keyboard and Caps Lock and "
                    "type them "
                    "once more. If that does not help, ask the superior organisation for a new one-time password."
                )
            )
        try:
            rules.check_one_time_password(account)
        except RuleViolation as violation:
            self.refusal = "expired"
            raise ValidationError(str(violation.message)) from violation
        self.account = account
        return self.cleaned_data


class NewPasswordForm(PasswordForm):
    """A new password, entered twice (U-2)."""

    password = forms.CharField(
        label=_("New password"), max_length=MAX_PASSWORD_LENGTH, strip=False, widget=PasswordInput("new-password")
    )
    again = forms.CharField(
        label=_("The same password again"),
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=PasswordInput("new-password"),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    @property
    def password_rules(self) -> list[str]:
        """The password rules as sentences."""
        return password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ. Type the same password in both fields."))
        # Comparing with the present password takes time, so it is done only for the right one.
        if password and "present" not in self.errors and not self.busy:
            try:
                rules.check_new_password(self.account, password)
            except RuleViolation as violation:
                self.add_error("password", str(violation.message))
            except ServerBusy:
                self.say_busy()
        return self.cleaned_data


class ChangePasswordForm(NewPasswordForm):
    """A later change of password; the present one proves that the user is the holder."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=PasswordInput("current-password"),
    )
    field_order = ["present", "password", "again"]

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        try:
            attempts.check_may_prove_password(sessions.note_proof(by=self.by))
        except RuleViolation as violation:
            raise ValidationError(str(violation.message)) from violation
        try:
            right = self.account.check_password(present)
        except ServerBusy:
            sessions.forget_proof(by=self.by)
            self.say_busy()
            return present
        if not right:
            raise ValidationError(_("This is not your present password."))
        sessions.forget_proof(by=self.by)
        return present


class CorrectNameForm(forms.ModelForm):
    """Corrects the spelling of the organisation's name (U-3)."""

    class Meta:
        model = Organization
        fields = ("full_name", "short_name", "genitive_name")
        widgets = {
            "full_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
            "short_name": forms.TextInput({"class": "input-wide"}),
            "genitive_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
        }


class AskRenameForm(forms.ModelForm):
    """Reports a wrong name with the correct one, for the superior to decide (U-3)."""

    class Meta:
        model = RenameRequest
        fields = ("full_name", "short_name", "comment")
        widgets = {
            "full_name": forms.Textarea({"rows": 3, "class": "input-wide"}),
            "short_name": forms.TextInput({"class": "input-wide"}),
            "comment": forms.Textarea({"rows": 4, "class": "input-wide"}),
        }
        labels = {
            "full_name": _("Full name as it should be"),
            "short_name": _("Short name as it should be"),
            "comment": _("What is wrong with the present name"),
        }


class ContactsForm(forms.ModelForm):
    """Telephone and e-mail of the user's own account, and whether to send tasks by e-mail."""

    class Meta:
        model = Account
        fields = ("phone", "email", "digest")
        widgets = {"phone": PhoneInput({"autocomplete": "tel"}), "email": forms.EmailInput({"autocomplete": "email"})}


class SwitchField(forms.TypedChoiceField):
    """A switch: 1 is on, 0 is off, None if it was not sent."""

    def __init__(self) -> None:
        super().__init__(
            required=False, choices=[("0", "0"), ("1", "1")], coerce=lambda sent: sent == "1", empty_value=None
        )


class DisplayForm(forms.Form):
    """Type size, contrast and language of the user's pages; values not sent are unchanged."""

    large_type = SwitchField()
    high_contrast = SwitchField()
    language = forms.ChoiceField(required=False, choices=settings.LANGUAGES)

    def chosen(self) -> dict[str, Any]:
        """Return the values that were sent."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
