"""A page that shows all components, for developers; not available outside the demonstration."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .widgets import CropInput, DateField, DigitsInput, PhoneInput, RadioRow, SnilsInput, UploadInput


class GalleryForm(forms.Form):
    """One field of every kind."""

    surname = forms.CharField(label=_("Surname"), max_length=100)
    born_on = DateField(label=_("Date of birth"), help_text=_("As in the passport."))
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("male", _("male")), ("female", _("female"))],
        widget=RadioRow(),
    )
    phone = forms.CharField(label=_("Telephone"), required=False, widget=PhoneInput())
    snils = forms.CharField(label=_("SNILS"), required=False, widget=SnilsInput())
    inn = forms.CharField(label=_("INN"), required=False, widget=DigitsInput(10), help_text=_("10 digits."))
    education = forms.ChoiceField(
        label=_("Education"), required=False, choices=[("", "—"), ("general", _("general")), ("higher", _("higher"))]
    )
    works_as = forms.MultipleChoiceField(
        label=_("Marks"),
        required=False,
        choices=[("a", _("student")), ("b", _("pensioner")), ("c", _("veteran"))],
        widget=forms.CheckboxSelectMultiple,
    )
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    consent = forms.BooleanField(label=_("The signed consent is on paper"), help_text=_("With the date of signing."))
    scan = forms.FileField(label=_("Scan"), required=False, widget=UploadInput(accept="image/*,.pdf"))
    photo = forms.FileField(label=_("Photograph"), required=False, widget=CropInput())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for side in "xywh":
            self.fields[f"crop_{side}"] = forms.CharField(required=False, widget=forms.HiddenInput)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with realistic content; `?errors` shows the form with errors."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    form = GalleryForm({"surname": "Орлова", "born_on": "27.04.26"}) if "errors" in request.GET else GalleryForm()
    if "messages" in request.GET:
        messages.success(request, _("The card is saved."))
        messages.warning(request, _("Two fields are still empty."))
        messages.error(request, _("The list could not be read."))
    people = [
        ("Орлова Мария Сергеевна", "0104512", dt.date(1968, 7, 4)),
        ("Зайцев Пётр Аркадьевич", "0104513", dt.date(1990, 1, 30)),
    ]
    return render(
        request,
        "ui/gallery.html",
        {
            "form": form,
            "people": people * 3,
            "page": Paginator(range(412), 50).get_page(request.GET.get("page")),
            "pairs": [(_("Date of birth"), "04.07.1968"), (_("Telephone"), "+7 910 555-01-17"), (_("Education"), "")],
            "tasks": [
                {
                    "text": _("Consent not signed:"),
                    "link": "Зайцев П. А.",
                    "link_url": "#person",
                    "detail": _("Printed on 14.11.2026"),
                    "term": _("2 days overdue"),
                    "tone": "bad",
                    "action": _("Mark as signed"),
                    "action_url": "#mark",
                },
                {
                    "text": _("Cards to complete: 4"),
                    "detail": _("Education is missing"),
                    "term": _("5 days left"),
                    "tone": "warn",
                    "action": _("Show"),
                    "action_url": "#show",
                },
                {"text": _("Print consents: 6"), "action": _("Print"), "action_url": "#print"},
            ],
            "steps": [
                {"label": _("Enter the registry"), "state": "done"},
                {"label": _("Check the name"), "state": "done"},
                {"label": _("Fill the passport"), "state": "now", "url": "#passport", "hint": _("The tab ИНПО first")},
                {"label": _("Register people"), "url": "#people"},
            ],
            "checks": [
                {"text": _("Full name"), "done": True},
                {"text": _("Registered address"), "done": False, "url": "#address"},
            ],
        },
    )
