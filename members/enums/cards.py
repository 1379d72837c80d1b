"""Choices of the member's card; which of them a federation offers its charter says (practice 3.2, 3.3)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.states import register


class Sex(TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class MemberState(TextChoices):
    """Life of a member's card; terminal ones end the registration."""

    ON_ACCOUNT = "on_account", _("on account")
    IN_TRANSIT = "in_transit", _("in transit")
    LEFT = "left", _("left")
    EXCLUDED = "excluded", _("excluded")
    DECEASED = "deceased", _("deceased")
    WITHDRAWN = "withdrawn", _("taken back")


MEMBER_MOVES: dict[str, set[str]] = {
    # «Taken back» is the undoing of a mistaken entry, such as an import batch.
    MemberState.ON_ACCOUNT: {
        MemberState.IN_TRANSIT,
        MemberState.LEFT,
        MemberState.EXCLUDED,
        MemberState.DECEASED,
        MemberState.WITHDRAWN,
    },
    MemberState.IN_TRANSIT: {MemberState.ON_ACCOUNT, MemberState.LEFT, MemberState.DECEASED},
    MemberState.LEFT: set(),
    MemberState.EXCLUDED: {MemberState.ON_ACCOUNT},
    MemberState.DECEASED: set(),
    MemberState.WITHDRAWN: set(),
}
#: Members of the federation, wherever the card is now.
PRESENT_MEMBERS = frozenset({MemberState.ON_ACCOUNT, MemberState.IN_TRANSIT})
register("members.Member", MEMBER_MOVES, _("This cannot be done now: the card is %(state)s."))


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
    """How a member pays dues (U-D1)."""

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
    FLAT = "flat", _("only within the flat")
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


class RegistrationReason(TextChoices):
    """Why a registration began (V-B1, V-B9, U-5)."""

    EXISTING = "existing", _("was on account before the registry")
    ADMISSION = "admission", _("admitted by decision")
    ARRIVAL = "arrival", _("arrived from another organisation")
    MERGER = "merger", _("the organisation was merged")
    CELL_MOVED = "cell_moved", _("the primary cell moved under another organisation")


class EndReason(TextChoices):
    """Why a registration ended; which of them a federation uses its charter says."""

    DEPARTURE = "departure", _("moved to another organisation")
    DISMISSAL = "dismissal", _("dismissal")
    OWN_WISH = "own_wish", _("left at own wish")
    EXCLUSION = "exclusion", _("exclusion")
    DEATH = "death", _("death")
    RETIREMENT = "retirement", _("retirement with end of membership")
    GRADUATION = "graduation", _("end of studies")
    LIQUIDATION = "liquidation", _("liquidation of the organisation")
    MERGER = "merger", _("the organisation was merged")
    CELL_MOVED = "cell_moved", _("the primary cell moved under another organisation")
    OTHER_CELL = "other_cell", _("moved to another primary cell")
    UNDONE = "undone", _("entered by mistake, taken back")


class ConsentState(TextChoices):
    """Life of a consent, kept on the card too for lists and filters (N-C1)."""

    NONE = "none", _("not printed")
    PRINTED = "printed", _("printed, not signed")
    SIGNED = "signed", _("signed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    # The operator it was given to is not the operator any more: the member went to another organisation.
    EXPIRED = "expired", _("of the former organisation")


#: A consent that waits for its signature or holds; a member has at most one for a purpose.
OPEN_CONSENTS = frozenset({ConsentState.PRINTED, ConsentState.SIGNED})
CONSENT_TONES: dict[str, str] = {
    ConsentState.NONE: "",
    ConsentState.PRINTED: "warn",
    ConsentState.SIGNED: "ok",
    ConsentState.WITHDRAWN: "bad",
    ConsentState.EXPIRED: "",
}


class BatchState(TextChoices):
    """Life of an import batch."""

    UPLOADED = "uploaded", _("columns to be checked")
    CHECKED = "checked", _("rows checked")
    APPLIED = "applied", _("put on account")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("thrown away")


BATCH_MOVES: dict[str, set[str]] = {
    BatchState.UPLOADED: {BatchState.CHECKED, BatchState.DISCARDED},
    BatchState.CHECKED: {BatchState.CHECKED, BatchState.APPLIED, BatchState.DISCARDED},
    # The rows that were wrong may be corrected and go in later.
    BatchState.APPLIED: {BatchState.APPLIED, BatchState.UNDONE},
    BatchState.UNDONE: set(),
    BatchState.DISCARDED: set(),
}
#: Nobody of the list is on account yet.
OPEN_BATCHES = frozenset({BatchState.UPLOADED, BatchState.CHECKED})
#: The columns may still be settled.
EDITABLE_BATCHES = OPEN_BATCHES | {BatchState.APPLIED}
register("members.ImportBatch", BATCH_MOVES, _("This cannot be done with the list now: %(state)s."))


class Destroyed(TextChoices):
    """What a record of destruction is about (V-B14, practice 7.4)."""

    CARD = "card", pgettext_lazy("destroyed", "card")
    APPLICATION = "application", pgettext_lazy("destroyed", "application")


class RowVerdict(TextChoices):
    """What will be made of a row of a list."""

    READY = "ready", _("will be put on account")
    UNSURE = "unsure", _("to be checked")
    WRONG = "wrong", _("to be corrected")
    DUPLICATE = "duplicate", _("probable duplicate")
    SKIPPED = "skipped", _("left out")
    DONE = "done", _("put on account already")
