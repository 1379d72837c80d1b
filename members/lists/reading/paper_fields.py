"""Fields of papers that a column of a list may contain: minutes of the decision, the passport."""

from django.utils.translation import gettext_lazy as _

from .list_field import ListField

PAPER_FIELDS = (
    ListField(
        "minutes",
        _("Minutes, number and date"),
        (
            "протокол",
            "протокол номер и дата",
            "номер и дата протокола",
            "протокол номер дата",
            "дата и номер протокола",
            "дата номер протокола",
            "протокол дата и номер",
            "дата и номер протокола о приеме",
            "решение о приеме",
            "основание",
        ),
        targets=("minutes_number", "minutes_date"),
    ),
    ListField("minutes_number", _("Minutes, number"), ("номер протокола", "протокол номер")),
    ListField("minutes_date", _("Minutes, date"), ("дата протокола", "протокол дата", "дата решения", "протокол от")),
    ListField(
        "passport",
        _("Passport, series and number"),
        (
            "паспорт",
            "паспорт серия номер",
            "паспорт серия и номер",
            "серия и номер паспорта",
            "серия номер паспорта",
            "паспортные данные",
            "документ",
        ),
        targets=("paper_series", "paper_number"),
    ),
    ListField("passport_series", _("Passport, series"), ("серия паспорта", "паспорт серия"), targets=("paper_series",)),
    ListField("passport_number", _("Passport, number"), ("номер паспорта", "паспорт номер"), targets=("paper_number",)),
    ListField(
        "passport_issued_on",
        _("Passport, issued on"),
        ("дата выдачи паспорта", "паспорт дата выдачи", "паспорт выдан дата", "когда выдан паспорт", "когда выдан"),
        targets=("paper_issued_on",),
    ),
    ListField(
        "passport_issued_by",
        _("Passport, issued by"),
        ("кем выдан паспорт", "паспорт кем выдан", "паспорт выдан", "кем выдан"),
        targets=("paper_issued_by",),
    ),
    ListField(
        "passport_issue",
        _("Passport, issued by and on"),
        (
            "кем и когда выдан",
            "когда и кем выдан",
            "кем и когда выдан паспорт",
            "когда и кем выдан паспорт",
            "паспорт кем и когда выдан",
            "паспорт выдан кем когда",
            "выдан кем когда",
        ),
        targets=("paper_issued_by", "paper_issued_on"),
    ),
    ListField(
        "passport_code",
        _("Passport, office code"),
        ("код подразделения", "паспорт код подразделения"),
        targets=("paper_code",),
    ),
)
