"""Charter of the society of disabled people: instruction on member accounting of 27.04.2020 (rules V-…)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from ..enums import DataClass, Level
from .base import Admission, Charter, PassportTab, Rate, Section

_CERTIFICATE = (
    "disability_group",
    "disability_cause",
    "certificate_series",
    "certificate_number",
    "certificate_issued_on",
    "certificate_expires_on",
    "certificate_indefinite",
    "group_since",
)
_HEALTH = ("diagnosis", "mobility", "prostheses", "needs", "needs_other")

CHARTER = Charter(
    key="voi",
    title=_("society of disabled people"),
    levels={
        Level.FEDERAL: _("central organisation"),
        Level.REGIONAL: _("regional organisation"),
        Level.LOCAL: _("local organisation"),
        Level.PRIMARY: _("primary cell"),
    },
    keeper=Level.LOCAL,
    gives_tickets=True,
    cell=Level.PRIMARY,
    sections=(
        Section(
            "person",
            _("Person"),
            (
                "surname",
                "given_name",
                "patronymic",
                "no_patronymic",
                "sex",
                "birth_date",
                "birth_place",
                "citizenship",
                "snils",
                "category",
                "marital_status",
            ),
        ),
        Section(
            "contacts",
            _("Address and contacts"),
            (
                "region",
                "postcode",
                "city",
                "street",
                "house",
                "flat",
                "residence",
                "phone_mobile",
                "phone_home",
                "email",
                "contact_channel",
            ),
        ),
        Section("work", _("Education and work"), ("education", "profession", "workplace")),
        Section(
            "membership",
            _("Membership"),
            (
                "joined_on",
                "joined_year_only",
                "ticket_number",
                "cell",
                "registered_on",
                "minutes_number",
                "minutes_date",
            ),
        ),
        Section(
            "identity",
            _("Identity paper"),
            ("paper_kind", "paper_series", "paper_number", "paper_issued_on", "paper_issued_by", "paper_code"),
            data_class=DataClass.IDENTITY,
        ),
        Section(
            "certificate",
            _("Disability certificate"),
            _CERTIFICATE,
            data_class=DataClass.HEALTH,
        ),
        Section(
            "health",
            _("Health and mobility"),
            _HEALTH,
            tab="questionnaire",
            data_class=DataClass.HEALTH,
        ),
        Section(
            "life",
            _("Life and interests"),
            ("transport", "hobby", "achievements", "housing", "family", "family_working", "dependents", "proposals"),
            tab="questionnaire",
        ),
    ),
    required=frozenset(
        {
            "surname",
            "given_name",
            "patronymic",
            "sex",
            "birth_date",
            "citizenship",
            "category",
            "city",
            "street",
            "house",
            "phone_mobile",
            "education",
            "marital_status",
            "joined_on",
            "disability_group",
            "disability_cause",
            "paper_kind",
            "paper_number",
            "paper_issued_on",
            "paper_issued_by",
        }
    ),
    options={
        "education": ("primary", "secondary", "vocational", "higher"),
        "category": ("disabled", "legal_representative", "guardian", "trustee"),
        "marital_status": ("single", "married", "divorced", "widowed"),
        "contact_channel": ("phone", "email", "post", "in_person"),
    },
    entries=(),
    passport=(
        PassportTab(
            "inpo",
            _("ИНПО"),
            (
                "full_name",
                "short_name",
                "genitive_name",
                "dative_name",
                "is_legal_entity",
                "inn",
                "kpp",
                "ogrn",
                "legal_address",
                "postal_address",
                "phone",
                "email",
                "founded_on",
            ),
            required=("full_name", "short_name", "genitive_name", "postal_address", "phone", "founded_on"),
        ),
        PassportTab(
            "chair",
            _("Chair"),
            (
                "chair_name",
                "chair_sex",
                "chair_dative",
                "chair_phone",
                "chair_email",
                "chair_elected_on",
                "chair_until",
                "chair_basis",
            ),
            required=("chair_name", "chair_sex", "chair_elected_on", "chair_basis"),
        ),
        PassportTab("bodies", _("Governing bodies"), ()),
        PassportTab(
            "bank",
            _("Bank"),
            ("bank", "bik", "account", "correspondent_account", "payee", "okpo", "oktmo"),
            levels=(Level.FEDERAL, Level.REGIONAL, Level.LOCAL),
        ),
        PassportTab("territory", _("Territory"), ("territory", "site"), required=("territory",), levels=(Level.LOCAL,)),
    ),
    minimum_age=18,
    end_reasons=("departure", "own_wish", "death"),
    transfer="code",
    reconciled=("workplace", "education", "disability_group"),
    admission=Admission(
        papers=("application", "identity", "certificate"),
        representing=dict.fromkeys(
            ("legal_representative", "guardian", "trustee"), ("application", "identity", "mandate")
        ),
        later=("photos",),
        consent=True,
        statutes=(
            _("statute of VOI"),
            _("statute of the regional organisation"),
            _("statute of the local organisation"),
            _("model regulation on primary cells"),
        ),
        by_address=True,
    ),
    forms=("application", "consent", "questionnaire", "member_card"),
    card_rows={"registrations": 7, "marks": 7, "fees": 15},
    card_continued=True,
    off_card=frozenset(
        {
            "birth_place",
            "category",
            "cell",
            "citizenship",
            "contact_channel",
            "diagnosis",
            "email",
            "group_since",
            "minutes_date",
            "minutes_number",
            "mobility",
            "name_dative",
            "name_genitive",
            "needs",
            "needs_other",
            "no_patronymic",
            "photo",
            "prostheses",
            "residence",
            "sex",
            "snils",
        }
    ),
    steps=("install", "login", "name", "passport", "members", "consents", "ticks"),
    documents={
        "V-A": "Инструкция по учёту, раздел 1",
        "V-B": "Инструкция по учёту, раздел 2",
        "V-C": "Инструкция по учёту, раздел 3",
        "V-D": "Инструкция по учёту, раздел 4",
        # The entrance fee and expulsion for arrears.
        "V-B4": "Инструкция по учёту, раздел 4",
        "V-B16": "Инструкция по учёту, раздел 4",
        "N-C": "Федеральный закон № 152-ФЗ",
    },
    rates=(
        Rate("entrance", Decimal("50.00"), "2020-04-27", "Инструкция по учёту членов ВОИ от 27.04.2020, протокол № 14"),
        Rate("annual", Decimal("50.00"), "2020-04-27", "Инструкция по учёту членов ВОИ от 27.04.2020, протокол № 14"),
    ),
    # Accepted spellings of the members' citizenship (V-A1); forms offer the first.
    terms={
        "annual_due": (6, 30),
        "after_decision_days": 10,
        "appeal_months": 1,
        "citizenship": ("Российская Федерация", "РФ", "Россия", "российское", "гражданин РФ", "гражданка РФ"),
    },
    wording={
        "of_members": "членов ВОИ",
        "members": "члены ВОИ",
        "member": "член ВОИ",
        "federation_full": "Общероссийская общественная организация «Всероссийское общество инвалидов»",
        # Terms of the questionnaire (appendix 3, item 6).
        "education.secondary": "среднее",
        "education.vocational": "среднее специальное",
        "consent_tick": "Согласие на обработку персональных данных подписано членом ВОИ",
    },
    labels={"joined_on": _("joined VOI on")},
    # Item 4 of the card requires a telephone number; many members have only one at home.
    stand_ins={"patronymic": ("no_patronymic",), "phone_mobile": ("phone_home",)},
    # Health data are those of the person whom the others represent.
    only_for=dict.fromkeys((*_CERTIFICATE, *_HEALTH), frozenset({"disabled"})),
)
