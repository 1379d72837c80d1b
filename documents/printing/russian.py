"""Russian texts of papers, never translated: months, options, kinds of documents."""

from decimal import Decimal

from num2words import num2words

from .typography import FIXED

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip

#: Text of each option of the card's fields.
OPTIONS: dict[str, dict[str, str]] = {
    "sex": {"male": "мужской", "female": "женский"},
    "category": {
        "disabled": "инвалид",
        "legal_representative": "законный представитель",
        "guardian": "опекун",
        "trustee": "попечитель",
        "employed": "работающий",
        "student": "обучающийся",
        "pensioner": "неработающий пенсионер",
        "unemployed": "временно не работающий",
    },
    "education": {
        "primary": "начальное",
        "basic": "основное общее",
        "secondary": "среднее общее",
        "vocational": "среднее профессиональное",
        "incomplete_higher": "неоконченное высшее",
        "bachelor": "высшее (бакалавр)",
        "specialist": "высшее (специалист)",
        "master": "высшее (магистр)",
        "higher": "высшее",
    },
    "worker_category": {
        "teaching": "педагогический",
        "leading": "руководящий",
        "support": "учебно-вспомогательный",
        "service": "обслуживающий, технический",
        "faculty": "профессорско-преподавательский состав",
        "scientific": "научный",
        "other": "иной",
    },
    "study_form": {"full_time": "очная", "mixed": "очно-заочная", "correspondence": "заочная"},
    "dues_form": {"cashless": "безналичная", "cash": "наличная", "exempt": "освобождён или льготный размер"},
    "disability_group": {"I": "I", "II": "II", "III": "III", "child": "ребёнок-инвалид"},
    "disability_cause": {
        "war": "инвалид Великой Отечественной войны",
        "general": "общее заболевание",
        "labour": "труда",
        "childhood": "с детства",
        "internationalist": "воин-интернационалист",
        "chernobyl": "чернобылец",
        "military": "инвалид военной службы",
    },
    "mobility": {
        "bed": "постельный режим",
        "wheelchair": "передвигаюсь только в инвалидном кресле-коляске",
        "flat": "могу ходить только в пределах квартиры",
        "crutches": "с помощью костылей, тростей",
        "free": "передвигаюсь самостоятельно",
    },
    "prostheses": {
        "none": "не пользуюсь",
        "corset": "корсет",
        "leg": "протез нижней конечности",
        "arm": "протез верхней конечности",
        "footwear": "ортопедическая обувь",
    },
    "needs": {
        "housing": "в улучшении жилищных условий",
        "job": "в трудоустройстве",
        "wheelchair": "в обеспечении креслом-коляской",
        "vehicle": "в обеспечении автотранспортом",
        "prosthesis": "в обеспечении протезно-ортопедическим изделием",
    },
    "paper_kind": {
        "passport": "гражданина РФ",
        "birth_certificate": "свидетельство о рождении",
        "temporary": "временное удостоверение личности",
        "residence": "вид на жительство",
        "foreign": "иностранного гражданина",
        "other": "иной документ",
    },
    "award_kind": {"state": "государственная", "department": "ведомственная", "union": "профсоюзная", "other": "иная"},
}

MARITAL_STATUS = {
    "": {
        "single": "не состоит в браке",
        "married": "состоит в браке",
        "divorced": "разведён(а)",
        "widowed": "вдовец (вдова)",
    },
    "male": {"single": "не состоит в браке", "married": "женат", "divorced": "разведён", "widowed": "вдовец"},
    "female": {"single": "не состоит в браке", "married": "замужем", "divorced": "разведена", "widowed": "вдова"},
}


#: Words for values of papers that are not fields of the card, by name or path in the template.
FIELD_WORDS = {
    **dict.fromkeys(("name", "name_genitive", "applicant"), "фамилия, имя, отчество"),
    **dict.fromkeys(("address", "lives_at"), "адрес"),
    **dict.fromkeys(("phones", "mobile_phones", "home_phones"), "телефон"),
    **dict.fromkeys(("organization", "organization.short_name", "row.organization", "operator.name"), "организация"),
    "operator.address": "адрес оператора",
    "row.title": "запись",
    "row.text": "отметка",
    "row.lifted": "отметка о снятии взыскания",
    "third_parties": "кому передаются данные",
}


#: Reasons for leaving as written in the registration book.
END_REASONS = {
    "departure": "перевод в другую организацию",
    "dismissal": "увольнение",
    "own_wish": "по собственному желанию",
    "exclusion": "исключение",
    "death": "смерть",
    "retirement": "выход на пенсию",
    "graduation": "окончание учёбы",
    "liquidation": "ликвидация организации",
    "merger": "слияние организаций",
    "cell_moved": "перевод первичной организации",
    "other_cell": "перевод в другую первичную организацию",
    "undone": "запись внесена ошибочно",
}

#: Papers of a mandate in the genitive, to follow «на основании».
MANDATES = {
    "birth_certificate": "свидетельства о рождении",
    "adoption": "свидетельства об усыновлении (удочерении)",
    "guardianship": "акта о назначении опекуна",
    "trusteeship": "акта о назначении попечителя",
    "other": "документа",
}


def grouped(count: int) -> str:
    """Return the number with grouped thousands: «15 000»."""
    return f"{count:,}".replace(",", FIXED)


def count_in_words(count: int) -> str:
    """Return «21 (двадцать один) лист», for the seal of a book."""
    return _counted(count, "лист", "листа", "листов")


def people_in_words(count: int) -> str:
    """Return «22 (двадцать два) человека», for the end of a list."""
    return _counted(count, "человек", "человека", "человек")


def cards_in_words(count: int) -> str:
    """Return «22 (двадцать две) карточки», for an inventory."""
    return _counted(count, "карточка", "карточки", "карточек", gender="f")


def plastic_in_words(count: int) -> str:
    """Return «22 (двадцать две) карты», for an order of electronic cards."""
    return _counted(count, "карта", "карты", "карт", gender="f")


def letters_in_words(count: int) -> str:
    """Return «22 (двадцать два) отправления», for a register of mail."""
    return _counted(count, "отправление", "отправления", "отправлений", gender="n")


def blanks_in_words(count: int) -> str:
    """Return «22 (двадцать два) бланка», for acts."""
    return _counted(count, "бланк", "бланка", "бланков")


def _counted(count: int, one: str, few: str, many: str, *, gender: str = "m") -> str:
    word = many if 11 <= count % 100 <= 14 else {1: one, 2: few, 3: few, 4: few}.get(count % 10, many)
    return f"{grouped(count)} ({num2words(count, lang='ru', gender=gender)}) {word}"


def roubles_in_words(amount: Decimal) -> str:
    """Return the whole roubles of the amount in words, without the unit: «Сто пятьдесят»."""
    return number_in_words(int(amount)).capitalize()


def number_in_words(count: int) -> str:
    """Return the number in words: «сто пятьдесят»."""
    return str(num2words(count, lang="ru"))


def kopecks_of(amount: Decimal) -> str:
    """Return the kopecks of the amount in two digits."""
    return f"{int(amount * 100) % 100:02}"
