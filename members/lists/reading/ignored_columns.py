"""Columns of lists that a card does not use, and headings that depend on the paper in the columns before."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """Headings of columns that a card does not use, with the reason shown."""

    key: str
    reason: Any
    synonyms: tuple[str, ...]


IGNORED_COLUMNS: tuple[IgnoredColumn, ...] = (
    IgnoredColumn(
        "row_number",
        _("A running number is not stored on the card."),
        ("номер пп", "номер", "пп", "номер по порядку", "порядковый номер", "n", "n пп", "номер строки"),
    ),
    IgnoredColumn(
        "money",
        _("Amounts are not imported from a list of people: payments are entered in the section of dues."),
        (
            "уплачено",
            "уплачено руб",
            "сумма",
            "сумма взноса",
            "взносы",
            "взнос",
            "взнос руб",
            "взносы руб",
            "оплачено",
            "долг",
            "задолженность",
            "вступительный взнос",
            "членский взнос",
            "сумма взносов",
            "уплата взносов",
            "взносы уплачены по год",
            "не уплачено",
            "не уплачено руб",
            "задолженность с",
            "зарплата",
            "оклад",
        ),
    ),
    IgnoredColumn("signature", _("Signatures are not stored on the card."), ("подпись", "роспись", "подпись члена")),
    IgnoredColumn("unit", _("People are registered where the list is loaded."), ("числится в организации",)),
    IgnoredColumn(
        "card",
        _("The number leads to a card that exists; its changes are loaded from the downloaded workbook."),
        ("номер карточки в реестре не менять", "версия карточки не менять"),
    ),
    IgnoredColumn("age", _("The age follows from the date of birth."), ("возраст", "полных лет", "кол во лет", "лет")),
    IgnoredColumn(
        "remark",
        _("The card has no such line. Enter what matters by hand afterwards."),
        (
            "замечания реестра",
            "примечание",
            "примечания",
            "прим",
            "комментарий",
            "отметка",
            "отметки",
            "заметки",
            "дополнительно",
        ),
    ),
)

# A heading such as «серия» or «дата выдачи» belongs to the paper that the columns before it are about.
PAPER_PARTS = {
    "серия номер": "",
    "серия и номер": "",
    "номер и серия": "",
    "номер серия": "",
    "серия": "series",
    "номер": "number",
    "дата выдачи": "issued_on",
    "выдан": "issued_on",
    "кем выдан": "issued_by",
    "дата окончания": "expires_on",
    "срок действия": "expires_on",
    "код подразделения": "code",
}
PAPERS = ("passport", "certificate")
