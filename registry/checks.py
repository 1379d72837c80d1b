"""Parsing and checking of Russian requisites, identity papers and contacts (practice 9).

Every `parse_…` function accepts any text and returns the normalised value or raises `CheckFailed`, whose message
says what is wrong and what to do.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.ru import inn, ogrn

from .text import clean, plain_hyphens

MESSAGES = {
    "inn_length": _("An INN has 10 digits for an organisation and 12 for a person. Count the digits."),
    "inn_check": _("The check digits of the INN do not agree. Compare the number with the document."),
    "ogrn_length": _("An OGRN has 13 digits, an OGRNIP 15. Count the digits."),
    "ogrn_check": _("The check digit of the OGRN does not agree. Compare the number with the document."),
    "snils_length": _("A SNILS has 11 digits. Count the digits."),
    "snils_check": _("The check digits of the SNILS do not agree. Compare the number with the document."),
    "kpp_form": _("A KPP has 9 characters, digits with possibly two Latin letters in the middle: 770201001."),
    "bik_form": _("A BIK has 9 digits and begins with 0. Copy it from the bank's requisites."),
    "account_length": _("An account has 20 digits. Count the digits."),
    "account_check": _("The account does not belong to a bank with this BIK. Compare both with the bank's requisites."),
    "okpo_form": _("An OKPO has 8 or 10 digits. Count the digits."),
    "okpo_check": _("The check digit of the OKPO does not agree. Compare the number with the document."),
    "oktmo_form": _("An OKTMO has 8 or 11 digits. Count the digits."),
    "phone_form": _("This is not a telephone number. Write it with its code: +7 912 345-67-89."),
    "email_form": _("This is not an e-mail address. Write it as name@example.ru."),
    "email_letter": _("The address contains the Russian letter %(letters)s. Type it on the Latin keyboard."),
    "email_letters": _("The address contains Russian letters: %(letters)s. Type them on the Latin keyboard."),
    "passport_series_form": _("The series of a passport has 4 digits: 45 08."),
    "passport_number_form": _("The number of a passport has 6 digits: 123456."),
    "passport_code_form": _("The code of the office that issued the passport has 6 digits: 770-001."),
    "postcode_form": _("A postcode has 6 digits and begins with a digit from 1 to 6: 101000."),
}

#: The largest accepted upload: a list, a scan, a photograph.
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
#: A picture is measured before it is unpacked, because a small file may contain a gigantic one.
MAX_PIXELS = 25_000_000
#: An open picture takes up to 200 MB, so each server process opens one at a time.
_TURN = threading.BoundedSemaphore(1)
MAX_WAIT = 20


class CheckFailed(ValueError):
    """Raised if a value fails its check; `code` is a key of `MESSAGES`, `params` are for its sentence."""

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    @property
    def message(self) -> Any:
        """The lazily translated sentence that explains the failure."""
        return MESSAGES[self.code] % self.params if self.params else MESSAGES[self.code]

    def __str__(self) -> str:
        return str(self.message)


class NoTurn(Exception):
    """Raised after waiting too long for other pictures and scans to close; `message` is for the user."""

    message = _("Other pictures are being opened just now, and nothing was changed. Try again in a minute.")


@contextmanager
def a_turn() -> Iterator[None]:
    """Wait until no other picture or scan is open in this process. Raises `NoTurn` after `MAX_WAIT` seconds."""
    if not _TURN.acquire(timeout=MAX_WAIT):
        raise NoTurn
    try:
        yield
    finally:
        _TURN.release()


class Phones(NamedTuple):
    """Mobile and home telephone numbers found in one text, without duplicates."""

    mobile: tuple[str, ...] = ()
    home: tuple[str, ...] = ()


def _digits(text: object, code: str, lengths: Iterable[int], separators: str = r"[\s\-.]") -> str:
    bare = re.sub(separators, "", plain_hyphens(clean(text, 100)))
    if not (bare.isascii() and bare.isdigit() and len(bare) in lengths):
        raise CheckFailed(code)
    return bare


def parse_inn(text: object) -> str:
    """Return the INN of an organisation (10 digits) or a person (12). Raises `CheckFailed`."""
    number = _digits(text, "inn_length", (10, 12))
    try:
        if not int(number):
            raise CheckFailed("inn_check")
        return str(inn.validate(number))
    except WrongNumber:
        raise CheckFailed("inn_check") from None


def parse_ogrn(text: object) -> str:
    """Return the OGRN (13 digits) or OGRNIP (15). Raises `CheckFailed`."""
    number = _digits(text, "ogrn_length", (13, 15))
    try:
        return str(ogrn.validate(number))
    except WrongNumber:
        raise CheckFailed("ogrn_check") from None


def snils_check_digits(nine: str) -> str:
    """Return the two check digits for the first nine digits of a SNILS."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True))
    return f"{total % 101 % 100:02}"


def parse_snils(text: object) -> str:
    """Return the SNILS as 11 digits. Numbers up to 001-001-998 have no check digits. Raises `CheckFailed`."""
    number = _digits(text, "snils_length", (11,))
    if number[:9] == "000000000" or (number[:9] > "001001998" and snils_check_digits(number[:9]) != number[9:]):
        raise CheckFailed("snils_check")
    return number


def format_snils(number: str) -> str:
    """Return 11223344595 as 112-233-445 95, and any other text unchanged."""
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}" if re.fullmatch(r"[0-9]{11}", number) else number


def parse_kpp(text: object) -> str:
    """Return the KPP, 9 characters. Raises `CheckFailed`."""
    code = re.sub(r"\s", "", clean(text, 100)).upper()
    if not re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", code):
        raise CheckFailed("kpp_form")
    return code


def parse_bik(text: object) -> str:
    """Return the BIK of a bank, 9 digits. Raises `CheckFailed`."""
    code = _digits(text, "bik_form", (9,))
    if not code.startswith("0"):
        raise CheckFailed("bik_form")
    return code


def _account_key_agrees(prefix: str, account: str) -> bool:
    weighted = zip(prefix + account, "713" * 8, strict=False)
    return sum(int(digit) * int(weight) for digit, weight in weighted) % 10 == 0


def parse_account(text: object, bik: str) -> str:
    """Return the settlement account, 20 digits, checked against the bank's BIK. Raises `CheckFailed`.

    Treasury accounts (BIK beginning with 01) have no check digit.
    """
    account = _digits(text, "account_length", (20,))
    code = parse_bik(bik)
    if code.startswith("01"):
        return account
    prefix = f"0{code[4:6]}" if code[6:] in ("000", "001", "002") else code[6:]
    if not _account_key_agrees(prefix, account):
        raise CheckFailed("account_check")
    return account


def parse_correspondent_account(text: object, bik: str) -> str:
    """Return the correspondent account at the Bank of Russia, 20 digits, checked against the BIK. Raises
    `CheckFailed`.
    """
    account = _digits(text, "account_length", (20,))
    code = parse_bik(bik)
    if not (code.startswith("01") or _account_key_agrees(f"0{code[4:6]}", account)):
        raise CheckFailed("account_check")
    return account


def parse_okpo(text: object) -> str:
    """Return the OKPO, 8 or 10 digits with a check digit. Raises `CheckFailed`."""
    code = _digits(text, "okpo_form", (8, 10))
    for first in (1, 3):
        weights = [(first + place - 1) % 10 + 1 for place in range(len(code) - 1)]
        rest = sum(int(digit) * weight for digit, weight in zip(code, weights, strict=False)) % 11
        if rest < 10:
            break
    if rest % 10 != int(code[-1]):
        raise CheckFailed("okpo_check")
    return code


def parse_oktmo(text: object) -> str:
    """Return the OKTMO, 8 or 11 digits. Raises `CheckFailed`."""
    return _digits(text, "oktmo_form", (8, 11))


# Country codes of neighbours whose numbers have twelve digits, often written without the plus.
_NEIGHBOURS = ("375", "380", "992", "994", "995", "996", "998")


def parse_phone(text: object) -> str:
    """Return a telephone number as +7XXXXXXXXXX (foreign ones in E.164), a local one of 5 to 7 digits as 4-99-52.

    A Russian or Kazakh number may begin with 8, 7, +7 or its area code, a foreign one with + or 8-10. Raises
    `CheckFailed`.
    """
    typed = plain_hyphens(clean(text, 100))
    digits = "".join(char for char in typed if char in "0123456789")
    if not re.fullmatch(r"[\s\d+()\-./]*", typed, re.ASCII) or typed.count("+") > 1:
        raise CheckFailed("phone_form")
    if typed.lstrip(" (").startswith("+") and not digits.startswith("7"):
        return _foreign_phone(f"+{digits}")
    if len(digits) > 12 and digits.startswith("810"):
        return _foreign_phone(f"+{digits[3:]}")
    if len(digits) == 12 and digits.startswith(_NEIGHBOURS):
        return _foreign_phone(f"+{digits}")
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    # There is no code 89x: a mobile number that lost a digit.
    if len(digits) == 10 and (digits[0] in "34589" or _is_kazakh(digits)) and not digits.startswith("89"):
        return f"+7{digits}"
    if 5 <= len(digits) <= 7:
        return _local_phone(digits)
    raise CheckFailed("phone_form")


def _is_kazakh(ten: str) -> bool:
    """Return whether the ten digits are a number of Kazakhstan, which shares the country code 7."""
    number = phonenumbers.parse(f"+7{ten}", None)
    return phonenumbers.is_valid_number_for_region(number, "KZ")


def _local_phone(digits: str) -> str:
    return f"{digits[:-4]}-{digits[-4:-2]}-{digits[-2:]}"


def _foreign_phone(typed: str) -> str:
    try:
        number = phonenumbers.parse(typed, None)
    except phonenumbers.NumberParseException:
        raise CheckFailed("phone_form") from None
    if not phonenumbers.is_possible_number(number):
        raise CheckFailed("phone_form")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_mobile(number: str) -> bool:
    """Return whether a number, as returned by `parse_phone`, belongs to a mobile telephone, in Russia or abroad."""
    if not number.startswith("+") or number.startswith("+79"):
        return number.startswith("+79")
    kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    return kind == phonenumbers.PhoneNumberType.MOBILE


HOME_WORDS = re.compile(r"\b(?:дом|гор|раб)[а-яё]*\b\.?|\b[др]\.\s?т\.", re.IGNORECASE)
PHONE_WORDS = re.compile(r"\b(?:дом|гор|раб|моб|сот|тел)[а-яё]*\b\.?:?|\b(?:[дрм]\.\s?)?т\.|:", re.IGNORECASE)
# Separators between two numbers. A single space may also be part of a number.
BETWEEN_PHONES = re.compile(
    r"[,;\n/|]|\s{2,}|\s(?:и|или)\s|(?=\b(?:дом|гор|раб|моб|сот)[а-яё]*\b\.?\s*(?:тел[а-яё]*)?[.:\s]*[+(\d])",
    re.IGNORECASE,
)


def parse_phones(text: object) -> Phones:
    """Split «9952342006, дом. 4-99-52» into mobile and home numbers. Raises `CheckFailed` if a part is not a number."""
    mobile: list[str] = []
    home: list[str] = []
    for part in filter(str.strip, BETWEEN_PHONES.split(clean(text, 300))):
        number = parse_phone(PHONE_WORDS.sub(" ", part).strip())
        numbers = mobile if is_mobile(number) and not HOME_WORDS.search(part) else home
        if number not in numbers:
            numbers.append(number)
    if not (mobile or home):
        raise CheckFailed("phone_form")
    return Phones(tuple(mobile), tuple(home))


def format_phone(number: str) -> str:
    """Return +79952342006 as +7 995 234-20-06; local numbers are returned unchanged."""
    if re.fullmatch(r"\+7[0-9]{10}", number):
        return f"+7 {number[2:5]} {number[5:8]}-{number[8:10]}-{number[10:]}"
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def parse_email(text: object) -> str:
    """Return the e-mail address with its domain in lower case. Raises `CheckFailed`, which points out Russian
    letters.
    """
    address = clean(text, 300).strip()
    name, _at, domain = address.rpartition("@")
    # The whole domain may be Russian: «почта.рф».
    mixed = [label for label in domain.split(".") if re.search("[A-Za-z]", label)]
    if letters := dict.fromkeys(re.findall("[А-Яа-яЁё]", " ".join([name, *mixed]))):
        quoted = ", ".join(f"«{letter}»" for letter in letters)
        raise CheckFailed("email_letter" if len(letters) == 1 else "email_letters", letters=quoted)
    address = f"{name}@{domain.lower()}"
    try:
        validate_email(address)
    except ValidationError:
        raise CheckFailed("email_form") from None
    return address


def parse_passport_series(text: object) -> str:
    """Return the series of a Russian passport as 4 digits. Raises `CheckFailed`."""
    return _digits(text, "passport_series_form", (4,))


def parse_passport_number(text: object) -> str:
    """Return the number of a Russian passport as 6 digits. Raises `CheckFailed`."""
    return _digits(text, "passport_number_form", (6,), r"[\s\-.№]")


def parse_passport_code(text: object) -> str:
    """Return the code of the issuing office as 770-001. Raises `CheckFailed`."""
    code = _digits(text, "passport_code_form", (6,))
    return f"{code[:3]}-{code[3:]}"


def parse_postcode(text: object) -> str:
    """Return the postcode, 6 digits. Raises `CheckFailed`."""
    code = _digits(text, "postcode_form", (6,))
    if code[0] not in "123456":
        raise CheckFailed("postcode_form")
    return code


def is_whole_picture(data: bytes) -> bool:
    """Return whether the image file is complete; the decoder fills missing parts with grey without an error."""
    # Only the second half is searched, because an embedded preview before the picture has its own end marker.
    later = data[len(data) // 2 :]
    return b"IEND" in later or b"\xff\xd9" in later


#: Chunks of a PNG needed to draw it; the others hold metadata such as place and time.
_DRAWING_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP pHYs sBIT bKGD".split())
#: Within image data of a JPEG, 0xFF is followed by zero or a restart marker; otherwise a new segment begins.
_NEXT_SEGMENT = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])", re.DOTALL)


def bare_picture(data: bytes, orientation: int = 1) -> bytes:
    """Return a JPEG or PNG without metadata: place, names, previews, anything after its end.

    The picture is not re-encoded. `orientation`, which is part of the metadata, is kept. Raises `ValueError` for a
    truncated file.
    """
    return _bare_png(data) if data.startswith(b"\x89PNG") else _bare_jpeg(data, orientation)


def _bare_png(data: bytes) -> bytes:
    kept, at, kind = [data[:8]], 8, b""
    while kind != b"IEND":
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if len(kind) < 4:
            raise ValueError("cut off")
        if kind in _DRAWING_CHUNKS:
            kept.append(data[at : at + size + 12])
        at += size + 12
    return b"".join(kept)


def _bare_jpeg(data: bytes, orientation: int) -> bytes:
    kept, at = [data[:2]], 2
    if orientation != 1:
        # An Exif segment with a single entry, the orientation.
        entry = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + bytes([0, orientation]) + b"\0\0\0\0\0\0"
        kept.append(b"\xff\xe1" + (len(entry) + 8).to_bytes(2) + b"Exif\0\0" + entry)
    while found := _NEXT_SEGMENT.search(data, at):
        kept.append(data[at : found.start()])
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])
        end = at + int.from_bytes(data[at : at + 2])
        body = data[at + 2 : end]
        metadata = 0xE0 <= marker <= 0xEF and marker not in (0xE0, 0xEE) and not body.startswith(b"ICC_PROFILE")
        if not metadata and marker != 0xFE:
            kept.append(data[found.start() : end])
        at = end
    raise ValueError("cut off")
