"""Spellings of the card's options in lists: «в/о», «ср.-спец.», «2 гр.», «труд. увечье», «бухгалтерия 1%»."""

import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import override

from members.people import enums
from registry.text import clean, normalise_name

from .issues import Wrong
from .source import Source

# The first matching pattern wins; patterns match from the beginning of the normalised words.
_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "sex": (
        (r"(?:м|муж\w*|m|male|мальчик)$", "male"),
        (r"(?:ж|жен\w*|f|female|девочка)$", "female"),
    ),
    "category": (
        (r"(?:(?:реб|дет|дит)\w* )?инв(?!алид(?:а|у|ом|е|ов|ам|ами|ах)\b)\w*", "disabled"),
        (r"(?:законн\w* |зак )?предст\w*|родител\w*|мать|отец", "legal_representative"),
        (r"опек\w*", "guardian"),
        (r"попеч\w*", "trustee"),
        (r"(?:неработающ\w* |не работающ\w* )?пенс(?!и[яию]\b)\w*", "pensioner"),
        (r"работ\w*|сотрудник\w*", "employed"),
        (r"студент\w*|обучающ\w*|учащ\w*", "student"),
        (r"(?:врем\w* )?не ?работ\w*|безработн\w*", "unemployed"),
    ),
    "education": (
        (
            r"(?:неок\w*|неполн\w*|незак\w*|не ок\w*|не зак\w*|незаверш\w*|н) (?:в|в о|высш\w*)(?: обр\w*)?$|н в( о)?$",
            "incomplete_higher",
        ),
        (r"(?:высш\w* |в о )?бакалавр\w*", "bachelor"),
        (r"(?:высш\w* |в о )?магистр\w*", "master"),
        (r"(?:высш\w* |в о )?специалит\w*|высш\w* специалист", "specialist"),
        (r"в о$|во$|высш\w*|в п о$|впо$", "higher"),
        (
            r"(?:нач\w*|ср|сред|средн\w*) (?:спец\w*|проф\w*|тех\w*)"
            r"|с с$|с п о$|спо$|н п о$|нпо$|пту|техник\w*|колледж\w*|училищ\w*",
            "vocational",
        ),
        (r"осн\w*|непол\w* ср\w*|9 кл\w*|ооо$", "basic"),
        (r"нач\w*", "primary"),
        (r"ср$|сред\w*|(?:общ\w*|полн\w*) (?:ср|сред\w*)|1[01] кл\w*", "secondary"),
    ),
    "disability_cause": (
        (r"общ\w*(?: заб\w*)?|о з$|оз$", "general"),
        (r"(?:инв\w* )?тр\w*(?: ув\w*)?$|инв\w* труда|проф\w* заб\w*|профзаб\w*|производств\w* трав\w*", "labour"),
        (r"(?:инв\w* )?(?:с )?детств\w*", "childhood"),
        (r"чаэс|(?:авар\w* на )?черноб\w*|ликвид\w*|(?:авар\w*|катастр\w*) (?:на )?чаэс", "chernobyl"),
        (r"(?:инв\w* |уч\w* )?(?:вов|в о в|вел\w* отеч\w*(?: войн\w*)?)", "war"),
        (r"(?:воин\w* )?интернац\w*|афган\w*", "internationalist"),
        (r"(?:инв\w* )?(?:военн\w* (?:служб\w*|травм\w*)|в с$)|военносл\w*", "military"),
    ),
    "dues_form": (
        (r".*(?:безнал|бухг|перечисл|удерж|через работ|с зарплат|из зарплат|карт[ао])", "cashless"),
        (r"(?:за |в )?(?:нал\w*|касс\w*|лично)", "cash"),
        (r"освоб\w*|льгот\w*|не плат\w*", "exempt"),
    ),
    "worker_category": (
        (r"пед\w*|учител\w*", "teaching"),
        (r"руков\w*|админ\w*|ауп$|ауп ", "leading"),
        (r"учебно вспом\w*|увп$|вспомогат\w*", "support"),
        (r"обслуж\w*|тех\w*|моп$|млад\w*|хоз\w*", "service"),
        (r"ппс$|проф\w* препод\w*|преподав\w*", "faculty"),
        (r"науч\w*", "scientific"),
        (r"ино[йе]|друг\w*|проч\w*", "other"),
    ),
    "marital_status": (
        (r"холост\w*|не ?(?:состо\w*|замуж\w*|женат\w*)|незамуж\w*|не в браке", "single"),
        (r"женат\w*|замуж\w*|в браке|сост\w*|брак$", "married"),
        (r"развед\w*|разв$|в разводе", "divorced"),
        (r"вдов\w*", "widowed"),
    ),
}
_COMPILED = {field: [(re.compile(pattern), key) for pattern, key in pairs] for field, pairs in _PATTERNS.items()}
_GROUPS = {
    **dict.fromkeys(("1", "i", "і", "l", "первая", "первой", "перв"), "I"),
    **dict.fromkeys(("2", "ii", "іі", "ll", "вторая", "второй", "втор"), "II"),
    **dict.fromkeys(("3", "iii", "ііі", "lll", "третья", "третьей", "трет"), "III"),
}
#: Roman numbers typed with Russian letters or other characters: «П» for II, «Ш» for III, «1I».
_LIKE_ROMAN = {
    **dict.fromkeys(("п", "11", "1i", "i1", "1і", "і1", "il", "li", "1l", "l1", "n"), "II"),
    **dict.fromkeys(("ш", "111", "пi", "пі", "iп", "іп", "щ", "m"), "III"),
}
_GROUP_WORDS = re.compile(r"\b(?:гр|группа|группы|группе|группу|инвалид\w*|инв|я|й|ая|ой|ей|ья)\b")
_CHILD = re.compile(r"(?:реб\w*|дет\w*|дит\w*)(?: инв\w*)?$")
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?) ?%")
# Used when a federation's list of options is less detailed: option → the one that contains it.
COARSER = {"education": {"bachelor": "higher", "specialist": "higher", "master": "higher", "basic": "secondary"}}
#: Codes of government forms; the chair confirms once per list that the list uses them.
_SEX_CODES = {"1": "male", "2": "female"}


def spelled(text: str) -> str:
    """Return the words in lower case, without punctuation, ё as е; Roman numbers become Latin letters."""
    # «Ⅱ» is one character; NFKC makes it «II».
    plain = normalise_name(unicodedata.normalize("NFKC", text).replace("|", "I")).text.lower().replace("ё", "е")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


_ENUMS = {
    "sex": enums.Sex,
    "category": enums.Category,
    "education": enums.Education,
    "disability_group": enums.DisabilityGroup,
    "disability_cause": enums.DisabilityCause,
    "dues_form": enums.DuesForm,
    "worker_category": enums.WorkerCategory,
    "marital_status": enums.MaritalStatus,
    "contact_channel": enums.ContactChannel,
    "study_form": enums.StudyForm,
    "paper_kind": enums.PaperKind,
    "mobility": enums.Mobility,
    "prostheses": enums.Prosthesis,
    "needs": enums.Need,
}


@cache
def _labels(field: str) -> dict[str, str]:
    """Return the card's labels of the options, which an exported list contains."""
    found: dict[str, str] = {}
    for language in ("en", "ru"):
        with override(language):
            found |= {spelled(str(label)): str(key) for key, label in _ENUMS[field].choices}
    return found


def choose(field: str, text: str) -> str:
    """Return the option of a field that the words mean, or an empty string."""
    words = spelled(clean(text, 200))
    if words in _labels(field):
        return _labels(field)[words]
    if field == "disability_group":
        if _CHILD.match(words):
            return "child"
        number = number_of_group(words)
        return _GROUPS.get(number) or _LIKE_ROMAN.get(number, "")
    if field == "category":
        return next(iter(categories(words)), "")
    return next((key for pattern, key in _COMPILED.get(field, ()) if pattern.match(words)), "")


def categories(words: str) -> list[str]:
    """Return the categories in the words, in their order; «инвалида» is a person other than the member."""
    found = []
    for start in re.finditer(r"\b(?<!\bне )(?<!\bбез )(?<!\bнет )\w", words):
        found += [key for pattern, key in _COMPILED["category"] if pattern.match(words, start.start())][:1]
    return list(dict.fromkeys(found))


def number_of_group(words: str) -> str:
    """Return the words of a group without «гр.» and the like, mostly its number: «2 гр.» → «2»."""
    spaced = re.sub(r"(?<=\d)(?=[а-я])|(?<=[iі])(?=[гя])|(?<=\b[пш])(?=гр)", " ", words)
    return " ".join(_GROUP_WORDS.sub(" ", spaced).split())


def is_like_roman(words: str) -> bool:
    """Return whether the number of the group is written in other letters: «П» for II."""
    return number_of_group(words) in _LIKE_ROMAN


def parse_option(source: Source) -> dict[str, Any]:
    """Parse an option in any spelling; an unknown word is an error or, for optional fields, a warning."""
    text = source.text()
    key = choose(source.field, text)
    if key:
        return {source.field: key}
    if source.field == "sex" and (key := _SEX_CODES.get(text, "")):
        # Only under an explicit heading: a column of ones and twos could mean anything.
        source.say(f"{key}_by_code", text=text)
        return {"sex": key}
    source.say("unknown_option", text=text[:60])
    return {}


def parse_options(source: Source) -> dict[str, Any]:
    """Parse several options separated by semicolons; unknown ones are left out with a warning."""
    keys = []
    for part in filter(None, (part.strip() for part in source.text(1000).split(";"))):
        if key := choose(source.field, part):
            keys.append(key)
        else:
            source.say("unknown_option", text=part[:60])
    return {source.field: list(dict.fromkeys(keys))} if keys else {}


def parse_dues_form(source: Source) -> dict[str, Any]:
    """Parse the form of paying dues and the percentage, if given: «бухгалтерия 1%» (U-D1)."""
    text = source.text()
    percent = _PERCENT.search(text)
    values: dict[str, Any] = {}
    if percent:
        values["dues_percent"] = _percent(percent[1])
        text = _PERCENT.sub(" ", text)
    if key := choose("dues_form", text):
        values["dues_form"] = key
    elif not percent:
        source.say("unknown_option", text=text[:60])
    return values


def _percent(text: str) -> Decimal:
    value = Decimal(text.replace(",", "."))
    if not 0 <= value <= 100:
        raise Wrong("percent_form")
    return value


def parse_percent(source: Source) -> dict[str, Any]:
    """Parse a percentage; a spreadsheet's 0.01 is read as one percent, as an assumption. Raises `Wrong`."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,6})?) ?(%?)", source.text(20))
    if not match:
        raise Wrong("percent_form")
    value = _percent(match[1])
    if isinstance(source.raw, float) and not match[2] and 0 < value < Decimal("0.1"):
        value *= 100
        source.say("percent_fraction", value=f"{value.normalize():f}")
    return {"dues_percent": value.quantize(Decimal("0.01"))}
