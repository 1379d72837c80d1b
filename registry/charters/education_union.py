"""Charter of the education union: the start-up steps of a primary organisation's chair and its practice (rules U-…)."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from ..enums import DataClass, Level
from .base import Charter, Entry, PassportTab, Rate, Section

CHARTER = Charter(
    key="education_union",
    title=_("education union"),
    levels={
        Level.FEDERAL: _("all-Russian organisation"),
        Level.REGIONAL: _("regional (interregional) organisation"),
        Level.LOCAL: _("territorial organisation"),
        Level.PRIMARY: _("primary organisation"),
    },
    keeper=Level.PRIMARY,
    cell=None,
    sections=(
        Section(
            "person",
            _("Person"),
            ("surname", "given_name", "patronymic", "no_patronymic", "sex", "birth_date", "snils", "category", "marital_status"),
        ),
        Section(
            "work",
            _("Work or studies"),
            ("workplace", "position", "worker_category", "hired_on", "experience", "teaching_experience", "faculty", "course", "study_group", "study_form", "study_until"),
        ),
        Section("schooling", _("Education"), ("education", "institution", "speciality", "graduated", "degree", "academic_title")),
        Section(
            "membership",
            _("Membership"),
            (
                "joined_on", "joined_year_only", "registered_on", "minutes_number", "minutes_date", "dues_form", "dues_percent",
                "dues_statement_on", "ticket_number", "division",
            ),
        ),
        Section(
            "contacts",
            _("Residence and contacts"),
            ("region", "postcode", "city", "street", "house", "flat", "residence", "phone_mobile", "phone_home", "email", "contact_channel"),
        ),
        Section(
            "identity",
            _("Identity paper"),
            ("paper_kind", "paper_series", "paper_number", "paper_issued_on", "paper_issued_by", "paper_code"),
            data_class=DataClass.IDENTITY,
        ),
    ),
    required=frozenset(
        {
            "surname", "given_name", "sex", "birth_date", "category", "workplace", "position", "education", "dues_form", "joined_on",
        }
    ),
    options={
        "education": ("basic", "secondary", "vocational", "incomplete_higher", "bachelor", "specialist", "master", "higher"),
        "category": ("employed", "student", "pensioner", "unemployed"),
    },
    entries=(
        Entry("elected", _("Elected work"), ("title", "body", "started_on", "ended_on")),
        Entry("training", _("Training of activists"), ("title", "year", "hours", "document")),
        Entry("award", _("Awards"), ("award_kind", "title", "year", "document")),
        Entry("child", _("Children"), ("title", "sex", "started_on")),
        Entry("benefit", _("Benefits"), ("title", "document"), data_class=DataClass.HEALTH),
        Entry("aid", _("Encouragement and aid"), ("title", "started_on", "amount", "document"), data_class=DataClass.MONEY),
    ),
    passport=(
        PassportTab(
            "inpo",
            _("ИНПО"),
            (
                "full_name", "short_name", "genitive_name", "kind", "employer_name", "employer_inn", "employer_kind", "ownership",
                "postal_address", "phone", "email", "chair_name", "chair_sex", "chair_position", "chair_phone", "chair_email",
                "chair_elected_on", "chair_released", "founded_on", "is_legal_entity", "inn", "kpp", "ogrn", "legal_address",
            ),
            required=(
                "full_name", "short_name", "kind", "employer_name", "employer_inn", "employer_kind", "ownership", "postal_address",
                "phone", "email", "chair_name", "chair_sex", "chair_position", "chair_phone", "chair_email", "chair_elected_on",
                "chair_released", "founded_on",
            ),
            levels=(Level.PRIMARY,),
        ),
        PassportTab(
            "inpo",
            _("ИНПО"),
            (
                "full_name", "short_name", "genitive_name", "is_legal_entity", "inn", "kpp", "ogrn", "legal_address", "postal_address",
                "phone", "email", "chair_name", "chair_sex", "chair_phone", "chair_email", "chair_elected_on", "chair_basis", "founded_on",
            ),
            required=("full_name", "short_name", "genitive_name", "postal_address", "phone", "email", "chair_name", "chair_sex", "founded_on"),
            levels=(Level.FEDERAL, Level.REGIONAL, Level.LOCAL),
        ),
        PassportTab(
            "headcount",
            _("Head count"),
            ("employees", "teachers", "young", "students", "counted_on", "count_source"),
            required=("employees", "counted_on"),
            levels=(Level.PRIMARY,),
        ),
        PassportTab("bodies", _("Elected bodies"), ()),
        PassportTab(
            "partnership",
            _("Social partnership"),
            ("agreement_number", "agreement_on", "agreement_until", "agreement_registration", "page"),
        ),
        PassportTab("bank", _("Bank and dues"), ("dues_percent", "payee", "bank", "bik", "account", "correspondent_account", "okpo", "oktmo")),
    ),
    minimum_age=14,
    forms=("application", "consent", "member_card"),
    steps=(
        "install", "login", "name", "passport", "members", "consents", "ticks", "card_order", "card_dispatch", "card_hand_out",
        "bonus_programme",
    ),
    rates=(Rate("percent", Decimal("1.00"), "2020-10-14", "Устав Профсоюза, решение VIII съезда от 14.10.2020"),),
    terms={"transfer_working_days": 10},
    wording={
        "members": "члены Профсоюза",
        "member": "член Профсоюза",
        "federation_full": "Общероссийский Профсоюз образования",
        "consent_tick": (
            "В соответствии с ФЗ № 152-ФЗ «О персональных данных» даю свое согласие на использование моих персональных данных"
        ),
    },
    labels={"joined_on": _("joined the union on")},
    excused={
        "student": frozenset({"position"}),
        "pensioner": frozenset({"workplace", "position"}),
        "unemployed": frozenset({"workplace", "position"}),
    },
)
