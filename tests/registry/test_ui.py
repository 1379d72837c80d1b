"""The components: fields connected for screen readers, templates under the strict content policy, date inputs."""

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import timezone, translation

from registry import error_pages as errors
from registry.templatetags.ui import SCRIPTS, STYLES
from registry.widgets import PERCENT, BirthDateField, DateField, SnilsInput, SumField, UploadInput

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
SCREENS = sorted(p for p in TEMPLATES.rglob("*.html") if "prints" not in p.parts)
NAMES = [str(path.relative_to(TEMPLATES)) for path in SCREENS]


class Sample(forms.Form):
    surname = forms.CharField(label="Surname", help_text="As in the passport.")
    born_on = DateField(label="Date of birth")
    sex = forms.ChoiceField(label="Sex", choices=[("male", "male"), ("female", "female")], widget=forms.RadioSelect)
    email = forms.EmailField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    agreed = forms.BooleanField(label="Agreed", help_text="On paper.")
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)


class Tags(HTMLParser):
    """Collects all start tags of a text with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, **wanted: str) -> dict[str, str | None]:
        [attrs] = [a for _, a in self.found if all(a.get(k.replace("_", "-")) == v for k, v in wanted.items())]
        return attrs

    def values(self, name: str) -> list[str]:
        return [a[name] or "" for tag, a in self.found if name in a and tag != "use"]


def render(source: str, **context: object) -> str:
    return Template("{% load i18n ui %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def test_every_control_of_a_form_has_its_label() -> None:
    tags = Tags(render("{{ form }}", form=Sample()))
    labels = {a["for"] for tag, a in tags.found if tag == "label"}
    controls = {a["id"] for tag, a in tags.found if tag == "input" and a["type"] != "hidden"}
    assert controls == labels
    assert [tag for tag, _ in tags.found].count("legend") == 1


def test_field_says_its_help_and_its_error_to_screen_readers() -> None:
    tags = Tags(render("{{ form }}", form=Sample({"born_on": "31.02.2020"})))
    surname = tags.one(name="surname")
    assert surname["aria-describedby"] == "id_surname_helptext id_surname_error"
    assert surname["aria-invalid"] == "true"
    assert tags.one(name="born_on")["aria-describedby"] == "id_born_on_error"
    assert tags.one(name="agreed")["aria-describedby"] == "id_agreed_helptext id_agreed_error"
    assert [a["aria-describedby"] for tag, a in tags.found if tag == "fieldset"] == ["id_sex_error"]
    described = " ".join(tags.values("aria-describedby")).split()
    assert set(described) - set(tags.values("id")) == set()


def test_ids_of_a_refused_form_are_unique_in_formsets_too() -> None:
    formset = forms.formset_factory(Sample, extra=0)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-surname": "Ким", "form-1-surname": "Ким"}
    )
    ids = Tags(
        render("{% form_errors formset %}{% for form in formset %}{{ form }}{% endfor %}", formset=formset)
    ).values("id")
    assert sorted(ids) == sorted(set(ids))


def test_summary_of_errors_leads_to_the_first_control_of_each_field() -> None:
    form = Sample({"surname": "Ким", "born_on": "", "number": "x"})
    tags = Tags(render("{% form_errors form %}", form=form))
    assert tags.values("href") == ["#id_born_on", "#id_sex_0", "#id_agreed"]
    assert render("{% form_errors form %}", form=form).count("<li>") == 4
    assert tags.one(role="alert")["tabindex"] == "-1"


def test_summary_is_rendered_exactly_once() -> None:
    assert render("{{ form }}", form=Sample({})).count("data-error-summary") == 1
    assert render("{% form_errors form %}{{ form }}", form=Sample({})).count("data-error-summary") == 1
    assert render("{% form_errors form %}{{ form }}", form=Sample()).count("data-error-summary") == 0


def test_required_fields_carry_the_mark_and_the_form_explains_it() -> None:
    html = render("{% form_note form %}{{ form }}", form=Sample())
    assert html.count('class="required"') == 5
    assert "the field must be filled in" in html
    assert render("{% form_note form %}", form=forms.Form()) == ""


def test_autocomplete_of_a_widget_is_kept() -> None:
    assert Tags(render("{{ form }}", form=Sample())).one(name="email")["autocomplete"] == "email"


def test_typed_text_is_shown_as_text() -> None:
    html = render("{{ form }}", form=Sample({"surname": "<script>alert(1)</script>", "sex": "<b>"}))
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    "typed", ["27.04.2016", "27042016", "27/04/2016", "27-4-2016", "27 4 2016", " 27.4.2016 г. ", "2016-04-27"]
)
def test_a_date_is_understood_in_every_usual_spelling(typed: str) -> None:
    form = Sample({"born_on": typed})
    form.full_clean()
    assert form.cleaned_data["born_on"] == date(2016, 4, 27)


@pytest.mark.parametrize("typed", ["27.04.26", "31.02.2020", "04/27/2016", "2704", "вчера", "27.04.2016\0", "9" * 5000])
def test_a_doubtful_date_is_refused_and_stays_as_typed(typed: str) -> None:
    form = Sample({"born_on": typed})
    assert "born_on" in form.errors
    assert form["born_on"].value() == typed


def test_a_stored_date_is_shown_day_first() -> None:
    assert (
        Tags(render("{{ form }}", form=Sample(initial={"born_on": date(2016, 4, 7)}))).one(name="born_on")["value"]
        == "07.04.2016"
    )


def test_u5_every_date_of_a_form_has_a_calendar_with_the_limits_of_its_rule() -> None:
    class Form(forms.Form):
        gone = DateField(past=True)
        to_come = DateField(coming=True)
        born = BirthDateField(past=True)
        free = DateField()

    html = render("{{ form }}", form=Form())
    tags, today = Tags(html), timezone.localdate().isoformat()
    limits = ("data-today", "data-min", "data-max", "data-begin")
    assert {name: [tags.one(name=name).get(limit) for limit in limits] for name in Form.base_fields} == {
        "gone": [today, None, today, None],
        "to_come": [today, today, None, None],
        "born": [today, None, today, "year"],
        "free": [today, None, None, None],
    }
    assert len([attrs for tag, attrs in tags.found if tag == "button" and "data-calendar" in attrs]) == 4


def test_u5_no_form_has_dates_without_the_calendar() -> None:
    own = {path for app in ("registry", "members", "dues", "documents") for path in (ROOT / app).rglob("*.py")}
    plain = re.compile(r"forms\.(DateField|DateInput|SelectDateWidget|DateTimeField)\b")
    found = {str(path.relative_to(ROOT)) for path in own if plain.search(path.read_text(encoding="utf-8"))}
    assert found == {"registry/widgets.py", "registry/admin/federations.py"}


def test_special_inputs_bring_their_attributes() -> None:
    class Form(forms.Form):
        snils = forms.CharField(widget=SnilsInput(attrs={"autofocus": True}))
        scan = forms.FileField(widget=UploadInput(accept=".pdf", kept="scan.pdf"))

    html = render("{{ form }}", form=Form())
    tags = Tags(html)
    assert tags.one(name="snils")["data-mask"] == "snils"
    assert tags.one(name="snils")["inputmode"] == "numeric"
    assert tags.one(name="scan")["accept"] == ".pdf"
    assert "scan.pdf" in html


def test_pager_keeps_the_filter_and_marks_the_page() -> None:
    request = RequestFactory().get("/", {"q": "Ким & сын", "page": "2"})
    page = Paginator(range(120), 50).page(2)
    html = render("{% pager page %}", page=page, request=request)
    assert Tags(html).values("href")[0] == "?q=%D0%9A%D0%B8%D0%BC+%26+%D1%81%D1%8B%D0%BD&page=1"
    assert html.count('aria-current="page"') == 1
    assert "51–100 of 120" in html


def test_pager_needs_no_count_of_pages() -> None:
    class Uncounted:
        number = 3

        def has_next(self) -> bool:
            return True

        def has_previous(self) -> bool:
            return False

    html = render("{% pager page %}", page=Uncounted())
    assert Tags(html).values("href") == ["?page=4"]
    assert "Page 3" in html


def test_values_given_to_components_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    source = (
        "{% pill evil 'ok' %}{% fact evil evil %}{% figure evil evil evil %}{% placeholder evil evil %}{% crumb "
        "evil %}{% tab evil '#' %}"
        "{% button evil '#' %}{% meter 1 2 evil %}{% select_row evil evil %}{% panel evil note=evil %}{{ evil }}{% "
        "endpanel %}"
        "{% menu evil %}{% menu_link evil '#' %}{% endmenu %}"
    )
    assert evil not in render(source, evil=evil)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_loads(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_no_template_has_inline_styles_or_scripts(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    inline = r"<style\b|<script\b(?![^>]*\bsrc=)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']"
    inline += r"|\bhx-on\b|javascript:|\bhx-vals\s*=\s*[\"']js:"
    assert re.findall(inline, text, re.IGNORECASE) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_from_another_host(name: str) -> None:
    assert re.findall(r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", (TEMPLATES / name).read_text()) == []


def test_every_style_sheet_and_script_is_linked_and_exists() -> None:
    # The failure page needs no other style sheets; the Django admin has its own.
    alone = {"failure", "admin"}
    assert {p.stem for p in (ROOT / "static" / "css").glob("*.css")} == set(STYLES) | alone
    assert {p.stem for p in (ROOT / "static" / "js").glob("*.js")} == set(SCRIPTS)


def test_scripts_keep_nothing_in_the_browser() -> None:
    kept = [
        p.name
        for p in (ROOT / "static" / "js").glob("*.js")
        if re.search(r"localStorage|sessionStorage|indexedDB", p.read_text())
    ]
    assert kept == []


def test_the_page_of_a_failed_server_needs_neither_session_nor_database() -> None:
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "The registry failed" in answer.content.decode()


@pytest.mark.parametrize(
    "typed", ["0,005", "0", "-3,333", "99 999 999 999 999,999", "пять", "1e5", "NaN", "٥", "5%", "5 рублей 50"]
)
def test_an_invalid_sum_is_refused_with_one_message(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SumField().clean(typed)
    assert len(refusal.value.messages) == 1


@pytest.mark.parametrize("typed", ["1 500,5", "1500.50", "1 500,50 ₽", "1500,50р.", "1500,50 руб.", "+1500,5 рублей"])
def test_a_sum_is_understood_with_its_unit(typed: str) -> None:
    assert SumField().clean(typed) == Decimal("1500.50")


def test_a_percentage_is_understood_with_its_sign() -> None:
    assert SumField(unit=PERCENT).clean("12,5 %") == Decimal("12.5")
