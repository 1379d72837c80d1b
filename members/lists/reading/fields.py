"""The fields that a column of a list may contain, with the headings in use for them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .rare_fields import RARE_FIELDS

IGNORE = "ignore"
#: Fields of the card that may be the same for a whole list; they are entered once for all rows without them.
SHARED = ("category", "workplace", "dues_form", "citizenship")


@dataclass(frozen=True, slots=True)
class ListField:
    """A field that a column may contain: key, label, and known Russian headings.

    `targets` are the card fields that it fills, by default the one with the same name; with several the value is split.
    `repeatable` fields may be in several columns.
    """

    key: str
    label: Any
    synonyms: tuple[str, ...]
    targets: tuple[str, ...] = ()
    repeatable: bool = False

    @property
    def fills(self) -> tuple[str, ...]:
        """Return the names of the card fields."""
        return self.targets or (self.key,)


FIELDS: dict[str, ListField] = {
    field.key: field
    for field in (
        ListField(
            "full_name",
            _("Surname, name, patronymic"),
            (
                "фио",
                "фамилия имя отчество",
                "фамилия имя и отчество",
                "фио члена профсоюза",
                "фио члена",
                "фамилия ио",
                "фио полностью",
                "фио дата рождения",
                "фио и дата рождения",
                "фио год рождения",
                "фамилия имя отчество дата рождения",
                "фамилия имя отчество год рождения",
                "член профсоюза",
                "работник",
                "сотрудник",
                "name",
                "full name",
            ),
            targets=("surname", "given_name", "patronymic"),
        ),
        ListField("surname", _("Surname"), ("фамилия", "surname", "last name")),
        ListField(
            "given_name", _("Given name"), ("имя", "имя отчество", "имя и отчество", "ио", "first name", "given name")
        ),
        ListField("patronymic", _("Patronymic"), ("отчество", "patronymic", "отчество при наличии")),
        ListField("sex", _("Sex"), ("пол", "муж жен", "мж", "sex", "gender")),
        ListField(
            "birth_date",
            _("Date of birth"),
            (
                "дата рождения",
                "др",
                "день рождения",
                "год рождения",
                "гр",
                "число месяц год рождения",
                "число месяц и год рождения",
                "родился",
                "дата рожд",
                "birth date",
                "date of birth",
            ),
        ),
        ListField("birth_place", _("Place of birth"), ("место рождения", "родился где")),
        ListField("citizenship", _("Citizenship"), ("гражданство",)),
        ListField("snils", _("SNILS"), ("снилс", "номер снилс", "страховой номер", "страховое свидетельство", "snils")),
        ListField(
            "phone",
            _("Telephone"),
            (
                "телефон",
                "телефоны",
                "номер телефона",
                "контактный телефон",
                "мобильный телефон",
                "моб тел",
                "мобильный",
                "сотовый телефон",
                "сотовый",
                "домашний телефон",
                "дом тел",
                "контакты",
                "phone",
                "тел",
            ),
            repeatable=True,
            targets=("phone_mobile", "phone_home"),
        ),
        ListField(
            "email",
            _("E-mail"),
            (
                "email",
                "e mail",
                "mail",
                "e mail адрес",
                "адрес e mail",
                "email адрес",
                "адрес email",
                "мейл",
                "электронная почта",
                "адрес электронной почты",
                "адрес эл почты",
                "эл почта",
                "эл адрес",
                "электронный адрес",
                "почта",
            ),
        ),
        ListField("postcode", _("Postcode"), ("индекс", "почтовый индекс")),
        ListField("region", _("Region"), ("область", "регион", "край", "республика", "субъект", "область район")),
        ListField("city", _("Town"), ("город", "населенный пункт", "нас пункт", "поселок", "село")),
        ListField(
            "address",
            _("Address"),
            (
                "адрес",
                "домашний адрес",
                "дом адрес",
                "место жительства",
                "место регистрации",
                "адрес регистрации",
                "адрес проживания",
                "прописка",
                "улица дом квартира",
                "адрес по прописке",
                "фактический адрес",
                "адрес телефон",
                "адрес и телефон",
                "домашний адрес телефон",
                "дом адрес телефон",
                "адрес номер телефона",
            ),
            targets=("postcode", "region", "city", "street", "house", "flat"),
        ),
        ListField(
            "joined_on",
            _("Date of joining"),
            (
                "дата вступления",
                "год вступления",
                "дата вступления в профсоюз",
                "дата вступления в вои",
                "год вступления в профсоюз",
                "вступил",
                "вступление",
                "дата приема в профсоюз",
                "принят в члены",
                "дата приема в члены",
                "член профсоюза с",
                "в профсоюзе с",
                "в вои с",
                "с какого года",
            ),
        ),
        ListField(
            "registered_on",
            _("Date of registration"),
            (
                "дата постановки на учет",
                "постановка на учет",
                "поставлен на учет",
                "на учете с",
                "дата учета",
                "принят на учет",
                "дата принятия на учет",
            ),
        ),
        ListField(
            "ticket_number",
            _("Ticket number"),
            (
                "номер билета",
                "номер членского билета",
                "номер профсоюзного билета",
                "номер профбилета",
                "членский билет",
                "членский билет номер",
                "билет",
                "билет номер",
                "профсоюзный билет",
                "профбилет",
                "номер пб",
                "номер удостоверения",
            ),
        ),
        ListField(
            "cell",
            _("Primary cell"),
            (
                "ячейка",
                "первичная ячейка",
                "первичная организация",
                "первичка",
                "по",
                "ппо",
                "первичная",
                "подразделение",
                "профгруппа",
                "структурное подразделение",
                "номер ячейки",
                "подзаголовок над строками",
            ),
        ),
        ListField(
            "category",
            _("Category of member"),
            ("категория", "категория члена", "категория члена вои", "статус", "кем является", "вид членства"),
        ),
        ListField(
            "disability_group",
            _("Disability group"),
            ("группа", "гр", "группа инвалидности", "гр инвалидности", "гр инв", "инвалидность", "группа инв"),
        ),
        ListField(
            "disability_cause",
            _("Cause of disability"),
            ("причина инвалидности", "причина", "категория инвалидности", "причина инв", "вид инвалидности"),
        ),
        ListField(
            "certificate",
            _("Disability certificate, series and number"),
            (
                "справка мсэ",
                "справка мсэ серия номер",
                "серия номер справки",
                "серия и номер справки",
                "справка втэк",
                "мсэ",
                "номер и серия справки",
                "справка",
                "справка об инвалидности",
            ),
            targets=("certificate_series", "certificate_number"),
        ),
        ListField(
            "certificate_series",
            _("Certificate, series"),
            ("серия справки", "справка серия", "справка мсэ серия", "мсэ серия"),
        ),
        ListField(
            "certificate_number",
            _("Certificate, number"),
            ("номер справки", "справка номер", "справка мсэ номер", "мсэ номер"),
        ),
        ListField(
            "certificate_issued_on",
            _("Certificate, issued on"),
            ("дата выдачи справки", "справка дата выдачи", "мсэ дата выдачи", "дата мсэ", "дата освидетельствования"),
        ),
        ListField(
            "certificate_expires_on",
            _("Certificate, valid until"),
            (
                "дата окончания справки",
                "справка дата окончания",
                "срок действия справки",
                "справка действительна до",
                "срок инвалидности",
                "дата переосвидетельствования",
                "переосвидетельствование",
                "действительна до",
                "срок действия",
                "дата окончания",
                "инвалидность до",
            ),
        ),
        ListField(
            "workplace",
            _("Place of work"),
            (
                "место работы",
                "место работы учебы",
                "работа",
                "организация",
                "учреждение",
                "школа",
                "место работы в настоящее время",
                "образовательная организация",
                "место учебы",
            ),
        ),
        ListField("position", _("Position"), ("должность", "занимаемая должность", "кем работает")),
        ListField(
            "worker_category",
            _("Category of worker"),
            ("категория работника", "категория персонала", "категория работников", "вид персонала"),
        ),
        ListField("education", _("Education"), ("образование", "уровень образования", "образов", "вид образования")),
        ListField(
            "institution",
            _("Educational institution"),
            ("учебное заведение", "что закончил", "какое учебное заведение окончил", "вуз", "окончил"),
        ),
        ListField("profession", _("Profession"), ("профессия", "проф")),
        ListField("marital_status", _("Marital status"), ("семейное положение", "сем положение", "брак")),
        ListField(
            "dues_form",
            _("Form of paying dues"),
            (
                "форма уплаты взносов",
                "форма уплаты",
                "форма оплаты взносов",
                "форма оплаты",
                "способ оплаты",
                "вид оплаты",
                "взносы",
                "уплата взносов",
                "оплата взносов",
                "форма уплаты членских взносов",
                "как платит взносы",
                "способ уплаты взносов",
            ),
        ),
        ListField(
            "dues_percent",
            _("Dues, percent"),
            ("процент взноса", "процент взносов от зарплаты", "процент взносов", "размер взноса", "процент"),
        ),
        ListField(
            "minutes",
            _("Minutes, number and date"),
            (
                "протокол",
                "протокол номер и дата",
                "номер и дата протокола",
                "протокол номер дата",
                "решение о приеме",
                "основание",
            ),
            targets=("minutes_number", "minutes_date"),
        ),
        ListField("minutes_number", _("Minutes, number"), ("номер протокола", "протокол номер")),
        ListField(
            "minutes_date", _("Minutes, date"), ("дата протокола", "протокол дата", "дата решения", "протокол от")
        ),
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
        ListField(
            "passport_series", _("Passport, series"), ("серия паспорта", "паспорт серия"), targets=("paper_series",)
        ),
        ListField(
            "passport_number", _("Passport, number"), ("номер паспорта", "паспорт номер"), targets=("paper_number",)
        ),
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
            "passport_code",
            _("Passport, office code"),
            ("код подразделения", "паспорт код подразделения"),
            targets=("paper_code",),
        ),
        *(ListField(key, label, synonyms) for key, label, synonyms in RARE_FIELDS),
        ListField(IGNORE, _("Do not import"), ()),
    )
}
