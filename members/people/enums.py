"""Choices of the member's card and its allowed state changes.

The charter selects which a federation offers (practice 3.2, 3.3).
"""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class Sex(TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class OpeningReason(TextChoices):
    """Reason for which a superior organisation opens a card; the journal keeps its code (N-S1)."""

    REVIEW = "review", _("review of the records")
    ASKED_BY_CHAIR = "chair", _("request of the chair")
    ASKED_BY_MEMBER = "member", _("request of the member")
    APPEAL = "appeal", _("appeal or transfer")


class MemberState(TextChoices):
    """State of a member's card. The final states end the registration."""

    # The stored value keeps its first name, because cards, their history and the journal contain it (ADR 10).
    REGISTERED = "on_account", _("registered")
    IN_TRANSIT = "in_transit", _("in transit")
    LEFT = "left", _("left")
    EXCLUDED = "excluded", _("excluded")
    DECEASED = "deceased", _("deceased")
    WITHDRAWN = "withdrawn", _("taken back")


MEMBER_MOVES: dict[str, set[str]] = {
    # Undoes a mistaken entry, such as an import batch.
    MemberState.REGISTERED: {
        MemberState.IN_TRANSIT,
        MemberState.LEFT,
        MemberState.EXCLUDED,
        MemberState.DECEASED,
        MemberState.WITHDRAWN,
    },
    MemberState.IN_TRANSIT: {MemberState.REGISTERED, MemberState.LEFT, MemberState.DECEASED},
    MemberState.LEFT: set(),
    MemberState.EXCLUDED: {MemberState.REGISTERED},
    MemberState.DECEASED: set(),
    MemberState.WITHDRAWN: set(),
}
#: Members of the federation, including those whose card is in transit.
PRESENT_MEMBERS = frozenset({MemberState.REGISTERED, MemberState.IN_TRANSIT})
#: Left without a decision of a meeting.
DEPARTED_MEMBERS = frozenset({MemberState.LEFT, MemberState.DECEASED})
#: Members whose registration may have no end.
NEVER_LEFT_MEMBERS = frozenset({MemberState.REGISTERED, MemberState.WITHDRAWN})
register(
    "members.Member",
    MEMBER_MOVES,
    _("This cannot be done now: the card is %(state)s."),
    tones={
        MemberState.REGISTERED: "ok",
        MemberState.IN_TRANSIT: "",
        MemberState.LEFT: "",
        MemberState.EXCLUDED: "",
        MemberState.DECEASED: "",
        MemberState.WITHDRAWN: "",
    },
)


class Category(TextChoices):
    DISABLED = "disabled", _("disabled person")
    LEGAL_REPRESENTATIVE = "legal_representative", _("legal representative")
    GUARDIAN = "guardian", _("guardian")
    TRUSTEE = "trustee", _("trustee")
    EMPLOYED = "employed", _("employed")
    STUDENT = "student", _("student")
    PENSIONER = "pensioner", _("pensioner, not employed")
    UNEMPLOYED = "unemployed", _("temporarily not employed")


class Education(TextChoices):
    PRIMARY = "primary", pgettext_lazy("education", "primary")
    BASIC = "basic", _("basic general")
    SECONDARY = "secondary", _("secondary")
    VOCATIONAL = "vocational", _("vocational secondary")
    INCOMPLETE_HIGHER = "incomplete_higher", _("incomplete higher")
    BACHELOR = "bachelor", _("higher: bachelor")
    SPECIALIST = "specialist", _("higher: specialist")
    MASTER = "master", _("higher: master")
    HIGHER = "higher", _("higher")


class MaritalStatus(TextChoices):
    SINGLE = "single", _("not married")
    MARRIED = "married", _("married")
    DIVORCED = "divorced", _("divorced")
    WIDOWED = "widowed", _("widowed")


class WorkerCategory(TextChoices):
    TEACHING = "teaching", _("teaching staff")
    LEADING = "leading", _("leading staff")
    SUPPORT = "support", _("educational support staff")
    SERVICE = "service", _("service and technical staff")
    FACULTY = "faculty", _("university teachers")
    SCIENTIFIC = "scientific", _("scientific staff")
    OTHER = "other", _("other")


class StudyForm(TextChoices):
    FULL_TIME = "full_time", _("full-time")
    MIXED = "mixed", _("part-time")
    CORRESPONDENCE = "correspondence", _("by correspondence")


class DuesForm(TextChoices):
    """Form in which a member pays dues (U-D1)."""

    CASHLESS = "cashless", _("cashless, through the employer")
    CASH = "cash", _("in cash")
    EXEMPT = "exempt", _("exempt or reduced")


class ContactChannel(TextChoices):
    PHONE = "phone", _("telephone")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")
    IN_PERSON = "in_person", _("in person")


class PaperKind(TextChoices):
    PASSPORT = "passport", _("passport of the Russian Federation")
    BIRTH_CERTIFICATE = "birth_certificate", _("birth certificate")
    TEMPORARY = "temporary", _("temporary identity card")
    RESIDENCE = "residence", _("residence permit")
    FOREIGN = "foreign", _("foreign passport")
    OTHER = "other", _("other paper")


class DisabilityGroup(TextChoices):
    I = "I", "I"  # noqa: E741
    II = "II", "II"
    III = "III", "III"
    CHILD = "child", _("disabled child")


class DisabilityCause(TextChoices):
    WAR = "war", _("Great Patriotic War")
    GENERAL = "general", _("general illness")
    LABOUR = "labour", _("work injury")
    CHILDHOOD = "childhood", _("since childhood")
    INTERNATIONALIST = "internationalist", _("internationalist soldier")
    CHERNOBYL = "chernobyl", _("Chernobyl")
    MILITARY = "military", _("military service")


class Mobility(TextChoices):
    BED = "bed", _("confined to bed")
    WHEELCHAIR = "wheelchair", _("only in a wheelchair")
    FLAT = "flat", _("only inside the home")
    CRUTCHES = "crutches", _("with crutches or canes")
    FREE = "free", _("moves freely")


class Prosthesis(TextChoices):
    NONE = "none", _("does not use any")
    CORSET = "corset", _("corset")
    LEG = "leg", _("prosthesis of a leg")
    ARM = "arm", _("prosthesis of an arm")
    FOOTWEAR = "footwear", _("orthopaedic footwear")


class Need(TextChoices):
    HOUSING = "housing", _("better housing")
    JOB = "job", _("employment")
    WHEELCHAIR = "wheelchair", _("a wheelchair")
    VEHICLE = "vehicle", _("a vehicle")
    PROSTHESIS = "prosthesis", _("a prosthetic or orthopaedic device")


class AwardKind(TextChoices):
    STATE = "state", _("state award")
    DEPARTMENT = "department", _("ministry award")
    UNION = "union", _("award of the union")
    OTHER = "other", _("other award")


class ConsentState(TextChoices):
    """State of a consent, copied to the card for lists and filters (N-C1)."""

    NONE = "none", _("not printed")
    PRINTED = "printed", _("printed, not signed")
    SIGNED = "signed", _("signed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    # Expired: the member moved to another organisation, so the operator named in the consent has changed.
    EXPIRED = "expired", _("of the former organisation")


#: Consents that wait for a signature or are in force; a member has at most one per purpose.
OPEN_CONSENTS = frozenset({ConsentState.PRINTED, ConsentState.SIGNED})
#: States in which a consent has to be printed next.
UNPRINTED_CONSENTS = frozenset({ConsentState.NONE, ConsentState.EXPIRED})
#: States that are always shown; others only if there are members in them.
USUAL_CONSENTS = OPEN_CONSENTS | {ConsentState.NONE}
CONSENT_TONES: dict[str, str] = {
    ConsentState.NONE: "",
    ConsentState.PRINTED: "warn",
    ConsentState.SIGNED: "ok",
    ConsentState.WITHDRAWN: "bad",
    ConsentState.EXPIRED: "",
}
#: For the head of the card, which also has other pills.
CONSENT_WORDS: dict[str, Any] = {
    ConsentState.NONE: _("consent not printed"),
    ConsentState.PRINTED: _("consent printed, not signed"),
    ConsentState.SIGNED: _("consent signed"),
    ConsentState.WITHDRAWN: _("consent withdrawn"),
    ConsentState.EXPIRED: _("consent of the former organisation"),
}


class MarkKind(TextChoices):
    """Marks in section 3 of the card, and absences that keep the person registered (V-B5, V-B13)."""

    DISCIPLINE = "discipline", _("disciplinary measure")
    TICKET = "ticket", _("replacement of the ticket")
    NAME = "name", _("change of name")
    TRIP = "trip", _("long business trip")
    STUDY = "study", _("studies elsewhere")
    RESTORED = "restored", _("membership restored")
    PAPER_CARD = "paper_card", _("paper card")
    CORRECTION = "correction", pgettext_lazy("mark", "correction")
    OTHER = "other", pgettext_lazy("mark", "other")


class ReminderKind(TextChoices):
    """Kinds of dates that officers are reminded of (V-B8, practice 4.7)."""

    CERTIFICATE = "certificate", _("disability certificate ends")
    MANDATE = "mandate", _("mandate ends")
    WARD_OF_AGE = "ward_of_age", _("the represented person comes of age")
    ABSENCE = "absence", _("trip or studies end")


#: Texts of a member's reminder: before the date, and after it has passed.
REMINDER_WORDS: dict[str, tuple[Any, Any]] = {
    ReminderKind.CERTIFICATE: (_("The disability certificate ends"), _("The disability certificate has ended")),
    ReminderKind.MANDATE: (
        _("The mandate of the representative ends"),
        _("The mandate of the representative has ended"),
    ),
    ReminderKind.WARD_OF_AGE: (
        _("A person represented by the member comes of age"),
        _("A person represented by the member has come of age"),
    ),
    ReminderKind.ABSENCE: (_("The trip or the studies end"), _("The trip or the studies have ended")),
}
