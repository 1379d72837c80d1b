"""Fields that are rare in lists; with them an exported list can be loaded again unchanged."""

from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

#: The label of the card with a capital letter, like the other headings.
_heading: Any = lazy(lambda label: capfirst(str(label)), str)

#: Key, label, additional Russian headings.
RARE_FIELDS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("street", _heading(_("street")), ("улица проспект",)),
    ("house", _heading(_("house")), ("номер дома",)),
    ("flat", _heading(_("flat")), ("номер квартиры", "кв")),
    ("residence", _("Address of residence, if it differs"), ()),
    ("contact_channel", _heading(_("preferred way of contact")), ("способ связи",)),
    ("hired_on", _heading(_("employed since")), ("дата приема на работу", "принят на работу", "работает с")),
    ("experience", _heading(_("length of service, years")), ("общий стаж", "стаж", "стаж работы")),
    ("teaching_experience", _heading(_("of which teaching, years")), ("педагогический стаж", "пед стаж", "педстаж")),
    ("faculty", _heading(_("faculty")), ()),
    ("course", _heading(_("year of study")), ("курс",)),
    ("study_group", _("Study group, number"), ("учебная группа", "номер группы")),
    ("study_form", _heading(_("form of study")), ("форма обучения",)),
    ("study_until", _heading(_("studies end on")), ("окончание обучения",)),
    ("speciality", _heading(_("speciality")), ("специальность", "специальность по диплому")),
    ("graduated", _heading(_("year of graduation")), ("год окончания",)),
    ("degree", _heading(_("academic degree")), ("ученая степень",)),
    ("academic_title", _heading(_("academic title")), ("ученое звание",)),
    ("dues_statement_on", _heading(_("statement on deduction of")), ("дата заявления на удержание",)),
    ("division", _heading(_("division or union group")), ("отдел", "цех")),
    ("paper_kind", _heading(_("kind of paper")), ("вид документа", "тип документа")),
    ("group_since", _heading(_("when the group was given")), ("когда получена группа инвалидности", "группа с")),
    (
        "diagnosis",
        _heading(_("main illness that caused the disability")),
        ("диагноз", "основное заболевание", "заболевание"),
    ),
    ("mobility", _heading(_("loss of mobility")), ("передвижение", "степень передвижения")),
    ("prostheses", _heading(_("prosthetic and orthopaedic devices")), ("протезы", "пои")),
    ("needs", _heading(_("needs at present")), ("нуждается", "нуждаемость", "в чем нуждается")),
    ("needs_other", _heading(_("needs something else")), ("нуждается в ином",)),
    ("transport", _heading(_("vehicle, if any")), ("автотранспорт", "машина")),
    ("hobby", _heading(_("interests, hobbies")), ("увлечения", "хобби")),
    ("achievements", _heading(_("achievements in arts or sports")), ("достижения",)),
    ("housing", _heading(_("housing conditions")), ("жилищные условия", "жилье")),
    ("family", _heading(_("family members")), ("состав семьи",)),
    ("family_working", _heading(_("family members who work")), ("из них работает",)),
    ("dependents", _heading(_("dependents")), ("иждивенцы", "на иждивении")),
    ("proposals", _heading(_("proposals on the work of the society")), ("предложения",)),
)

#: Maximum length of texts.
LENGTHS = {
    "street": 150,
    "house": 40,
    "flat": 20,
    "residence": 300,
    "faculty": 150,
    "study_group": 30,
    "speciality": 150,
    "degree": 100,
    "academic_title": 100,
    "division": 150,
    "group_since": 300,
    "diagnosis": 300,
    "needs_other": 300,
    "transport": 200,
    "hobby": 300,
    "achievements": 300,
    "housing": 300,
    "family": 300,
    "proposals": 1000,
}
#: Maximum of whole numbers.
NUMBERS = {
    "experience": 90,
    "teaching_experience": 90,
    "course": 10,
    "graduated": 2100,
    "family_working": 50,
    "dependents": 50,
}
DATES = ("hired_on", "study_until", "dues_statement_on")
OPTIONS = ("contact_channel", "study_form", "paper_kind", "mobility")
SEVERAL = ("prostheses", "needs")
