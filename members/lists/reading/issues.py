"""Issues of values in a list: errors, assumptions, and warnings to check."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from registry.checks import MESSAGES as CHECK_MESSAGES


class Kind(StrEnum):
    """An error excludes the row; an assumption explains how an unclear value was read; a warning asks to check."""

    ERROR = "error"
    ASSUMPTION = "assumption"
    WARNING = "warning"


#: The advice about it, and its tone.
KIND_WORDS = {
    Kind.ERROR: _("to be corrected"),
    Kind.WARNING: _("please check"),
    Kind.ASSUMPTION: _("assumed"),
}
KIND_TONES: dict[str, str] = {Kind.ERROR: "bad", Kind.WARNING: "warn", Kind.ASSUMPTION: "info"}


_ERRORS = {
    # The sentence of a rule, in the language of the person who checked the list.
    "rule": "%(text)s",
    "required": _("This is required. Fill it in."),
    "control_characters": _("The text contains characters that cannot be printed. Type it again."),
    "formula": _("The text looks like a formula or program code. Type the plain text."),
    "formula_result": _(
        "The cell holds a formula without a result. Open the file in the spreadsheet program, save it and load it "
        "again, or type the value."
    ),
    "too_long": _("The text is longer than %(limit)s characters. Shorten it."),
    "name_characters": _("A name has only letters, hyphens and apostrophes. Correct it."),
    "name_alphabets": _("The name contains Latin letters. Type it in Russian letters."),
    "name_initials": _("Initials are not enough. Write the names in full."),
    "name_incomplete": _("Both the surname and the given name are needed."),
    "name_no_surname": _("This looks like a given name and a patronymic without a surname. Add the surname."),
    "name_two_people": _("Two people stand in one cell. Give each a row of their own."),
    "name_particle": _("«%(particle)s» stands alone. Write the name in full."),
    "number_shortened": _(
        "The spreadsheet shortened the number, and its last digits are lost. Type it again as a text."
    ),
    "date_unreadable": _("This is not a date. Write it as day.month.year: 05.11.1958."),
    "date_impossible": _("There is no such day in the calendar. Correct the date."),
    "date_future": _("The date is in the future. Correct it."),
    "date_too_early": _("The date is before 1900. Correct it."),
    "date_incomplete": _("The full date is needed: day, month and year."),
    "year_as_date": _(
        "The spreadsheet turned the year %(value)s into the date %(text)s. Enter the full date: day, month and year."
    ),
    "search_waits": _(
        "Many people of this list are registered in other organisations, so the superior organisation was asked to "
        "allow the search. Check the list again when it has."
    ),
    "birth_too_old": _("The person would be more than 120 years old. Correct the date of birth."),
    "too_young_now": _("The person is %(age)s years old; members are at least %(minimum)s. Check the date of birth."),
    "joined_before_birth": _("The date of joining is before the date of birth. Correct one of them."),
    "expires_before_issued": _("The certificate ends before it was issued. Correct one of the dates."),
    "ticket_form": _("A ticket number has digits, with letters of a series before them at most. Correct it."),
    "paper_form": _("The series and the number could not be separated. Enter them as 45 08 123456."),
    "number_form": _("This is not a whole number from 0 to %(limit)s. Correct it."),
    "percent_form": _("This is not a percentage. Write a number from 0 to 100, for example 1."),
    "duplicate_person": _("The same person is in row %(rows)s: same name and date of birth. This row is left out."),
    "duplicate_snils": _("The same SNILS is in row %(rows)s. Find out whose it is."),
    "duplicate_ticket": _("The same ticket number is in row %(rows)s. Find out whose it is."),
}
_ASSUMPTIONS = {
    "name_case": _("The letter case was changed: %(value)s."),
    "name_lookalikes": _("Latin letters that look like Russian ones were replaced: %(value)s."),
    "name_order": _("The surname was taken from the end: %(value)s."),
    "name_split": _("Read as surname «%(surname)s», given name «%(given_name)s», patronymic «%(patronymic)s»."),
    "birth_beside_name": _("The date of birth was found next to the name: %(value)s."),
    "name_brackets": _("The text in brackets was left out: %(text)s."),
    "no_patronymic": _("The list has no patronymic: the card will record that there is none."),
    "male_by_patronymic": _("The list does not give the sex: male, judging by the patronymic."),
    "female_by_patronymic": _("The list does not give the sex: female, judging by the patronymic."),
    "male_by_name": _("The list does not give the sex: male, judging by the given name."),
    "female_by_name": _("The list does not give the sex: female, judging by the given name."),
    "male_by_code": _("The list says «%(text)s»: read as male."),
    "female_by_code": _("The list says «%(text)s»: read as female."),
    "date_two_digits": _("The year has two digits; read as %(value)s."),
    "date_day_first": _("Read as %(value)s, the day first; with the month first it would be %(other)s."),
    "date_swapped": _("The month was before the day; read as %(value)s."),
    "date_serial": _("The number was read as a date of a spreadsheet: %(value)s."),
    "date_hour": _("The hour %(hour)s shows that another program wrote the day before; read as %(value)s."),
    "merged": _("The cell is merged with those above: read as «%(value)s»."),
    "date_digits": _("The digits were read as a date: %(value)s."),
    "year_only": _("Only the year is known: %(year)s."),
    "month_only": _("«%(text)s» has no day: only the year %(year)s is recorded."),
    "month_begins": _("«%(text)s» has no day: read as %(value)s."),
    "year_in_date": _("The spreadsheet turned the number into the date %(text)s; read as %(value)s."),
    "number_in_text": _("The number was written by another program; read as %(value)s."),
    "group_letters": _("«%(text)s» was read as group %(value)s."),
    "indefinite_in_group": _("«%(text)s»: the certificate is recorded as one without a term."),
    "group_in_category": _("«%(text)s»: the group of disability %(value)s was taken from the category."),
    "category_by_group": _("«%(text)s» names no category; read as a disabled person."),
    "term_in_group": _("«%(text)s»: the certificate is recorded as valid until %(value)s."),
    "group_left": _("The group is that of the person represented: it is left out, with the certificate."),
    "email_bare": _("Signs around the address were removed: %(value)s."),
    "leading_zeros": _("Leading zeros that the spreadsheet lost were put back: %(value)s."),
    "email_spaces": _("A space was removed: %(value)s."),
    "address_split": _("The address was read as: %(value)s."),
    "address_whole": _(
        "The address could not be divided into town, street and house: all of it was entered as the street."
    ),
    "phone_in_address": _("The telephone was taken out of the address: %(value)s."),
    "passport_split": _("Taken as who issued the passport: %(value)s."),
    "percent_fraction": _("The fraction was read as %(value)s percent."),
}
_WARNINGS = {
    # A possible duplicate: the sentence reveals only the organisation (N-A1).
    "on_account": "%(text)s",
    "gone_mark": _("The list says «%(text)s». Check whether the person is still to be registered."),
    "struck_out": _("The row is struck through in the file. Check whether the person is still to be registered."),
    "row_hidden": _("The row is hidden in the file. Check whether the person is still to be registered."),
    "struck_value": _("This is struck through in the file. Check whether it is still valid."),
    "passport_outlived": _(
        "The passport should have been replaced at the age of %(age)s. Ask the person for the new one; the row can "
        "still be loaded."
    ),
    "cause_in_group": _("«%(text)s» is a cause of disability and was taken as such. Choose the group."),
    "unknown_cell": _("There is no primary cell «%(text)s»; the card will have none."),
    "unknown_option": _("«%(text)s» is not among the values of the card and is left out. Choose the value afterwards."),
    "sex_conflict": _("The sex does not agree with the patronymic. Check which is right."),
    "sex_unknown": _("The sex is not given and cannot be derived from the name. Choose it."),
    "birth_very_old": _("The person is %(age)s years old. Check the date of birth."),
    "joined_too_young": _("At joining the person was %(age)s years old; members are at least %(minimum)s. Check."),
    "registered_before_joined": _("The person was registered before joining. Check both dates."),
    "child_group_adult": _(
        "The group «disabled child» does not fit a person of %(age)s. Perhaps it is the group of the person "
        "represented."
    ),
    "name_letter": _("«%(text)s» is one letter. Check whether it is the whole name."),
    "name_parts": _("«%(text)s» stands where the given name should be and looks like a patronymic. Check the name."),
    "name_places": _("Given name and surname seem to have changed places. Check the name."),
    "group_of_represented": _(
        "The list gives a representative the group %(group)s. "
        "Say whether it is their own or that of the person represented."
    ),
    "namesake": _(
        "The same name and date of birth are in row %(rows)s, with other papers. Check that these are two people."
    ),
    "values_differ": _("Another cell of the row says «%(text)s». Check which is right."),
    "terms_differ": _("The list gives a last day of the certificate and says that it has none. Check the certificate."),
    "rest_left": _("Left out, since the card has no place for it: %(text)s."),
    "passport_too_early": _("The passport was issued before the age of 14. Check both dates."),
    "repeated_below": _("The same person is also in row %(rows)s, which is left out."),
}

_ALL_ERRORS = {**CHECK_MESSAGES, **_ERRORS}
_LEFT_OUT = _("Without a correction the card will not have this value.")
_joined = lazy(lambda *sentences: " ".join(map(str, sentences)), str)


def left_out(code: str) -> str:
    """Return the code of the warning that corresponds to an error about an optional value."""
    return f"{code}_left"


CATALOGUE: dict[str, tuple[Kind, Any]] = {
    code: (kind, message)
    for kind, messages in (
        (Kind.ERROR, _ALL_ERRORS),
        (Kind.ASSUMPTION, _ASSUMPTIONS),
        (Kind.WARNING, _WARNINGS | {left_out(code): _joined(told, _LEFT_OUT) for code, told in _ALL_ERRORS.items()}),
    )
    for code, message in messages.items()
}


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue about a field of a row; `original` is the text in the file.

    Stored as code and parameters, so that everybody sees it in their own language.
    """

    field: str
    code: str
    original: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: Whether the chair answered it when the list was uploaded before.
    carried: bool = False

    @property
    def kind(self) -> Kind:
        """Return whether it is an error, assumption or warning."""
        return CATALOGUE[self.code][0]

    @property
    def message(self) -> str:
        """Return the sentence in the current language."""
        return str(CATALOGUE[self.code][1]) % self.params


class Wrong(ValueError):
    """A value that cannot be accepted; `code` is a key of `CATALOGUE`."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)
