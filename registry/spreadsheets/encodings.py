"""Detecting the encoding of a text that does not declare it, and letters lost in saving."""

from __future__ import annotations

import codecs
import re

#: By frequency in Russian texts; the first wins if two give the same text.
_OLD_ENCODINGS = ("cp1251", "cp866", "koi8-r", "mac-cyrillic", "iso8859-5")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Frequency of each letter in Russian, in percent.
_FREQUENCY = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (11, 8.5, 8, 7.4, 6.7, 6.3, 5.5, 4.7, 4.5, 4.4, 3.5, 3.2, 3, 2.8, 2.6, 2, 1.9, 1.7, 1.7, 1.6, 1.6, 1.4, 1.2,
         1, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0, 0.1),
        strict=True,
    )
)  # fmt: skip
_SIGNS = frozenset("№«»–—„“”’… \xa0")
#: Typical value of a Russian text is about 5.5.
_LEAST = 3.0
_SAMPLE = 20_000


class UnknownLetters(ValueError):
    """Raised if the encoding is unknown, or letters were lost when the text was saved."""


def decode(data: bytes, *, stated: str = "") -> str:
    """Return the text; `stated` is the encoding declared by a page, which may be wrong. Raises `UnknownLetters`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _whole(data[len(mark) :].decode(encoding, errors="replace"))
    wide = _wide(data)
    if wide:
        return _whole(data.decode(wide, errors="replace"))
    try:
        return _whole(_repaired(data.decode("utf-8")))
    except UnicodeDecodeError as wrong:
        found = _best(data, stated)
        # A file cut off within a letter, or with one damaged letter, keeps the encoding of its other letters.
        spoilt = data.decode("utf-8", errors="replace")
        if wrong.start > 0 and spoilt.count("\ufffd") * 50 < sum(char > "\x7f" for char in spoilt):
            return spoilt
        return found


def _wide(data: bytes) -> str:
    """Return the two-byte encoding of a text without a byte order mark, or an empty string."""
    sample = data[:2000]
    if len(sample) < 8:
        return ""
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if sum(byte in (0, 4) for byte in high) > len(high) * 0.8 and b"\0" in high:
            return encoding
    return ""


def _best(data: bytes, stated: str) -> str:
    sample = _high_lines(data)
    names = [stated, *_OLD_ENCODINGS] if _is_known(stated) else [*_OLD_ENCODINGS]
    scores = {name: likeness(sample.decode(name, errors="replace")) for name in names}
    best = max(names, key=lambda name: scores[name])
    if scores[best] < _LEAST:
        raise UnknownLetters
    return data.decode(best, errors="replace")


def _is_known(name: str) -> bool:
    try:
        return bool(name) and codecs.lookup(name).name not in {"utf-8", "utf-7"}
    except LookupError:
        return False


def _high_lines(data: bytes) -> bytes:
    """Return the lines with non-ASCII letters, which distinguish encodings."""
    lines, length = [], 0
    for line in re.findall(rb"[^\n]{0,2000}", data[: _SAMPLE * 50]):
        if not line.isascii():
            lines.append(line)
            length += len(line)
            if length > _SAMPLE:
                break
    return b"\n".join(lines)


def likeness(text: str) -> float:
    """Return how much a text looks Russian: the mean frequency of its letters, less for characters outside of words."""
    score, letters, before = 0.0, 0, " "
    for char in text:
        if char > "\x7f":
            letters += 1
            weight = _FREQUENCY.get(char.lower())
            if weight is None:
                score -= 0 if char in _SIGNS else 4
            else:
                # A wrong encoding turns «Иванов» into «иВАНОВ».
                score += weight - 6 * (char.isupper() and before.islower())
        before = char
    return score / letters if letters else 0


def _repaired(text: str) -> str:
    """Repair a text that was read as cp1251 and saved as UTF-8, «РРІР°РЅРѕРІ»."""
    sample = text[:_SAMPLE]
    high = sum(char > "\x7f" for char in sample)
    if not high or sum(sample.count(letter) for letter in "РСÐÑ") * 4 < high:
        return text
    for encoding in ("cp1251", "cp1252", "latin-1"):
        try:
            found = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if likeness(found[:_SAMPLE]) > _LEAST:
            return found
    if likeness(sample) < _LEAST:
        raise UnknownLetters
    return text


def _whole(text: str) -> str:
    """Return the text. Raises `UnknownLetters` if its letters were replaced by question marks."""
    sample = text[:_SAMPLE]
    lost = sum(len(run) for run in re.findall(r"[?\ufffd]{2,}", sample))
    if lost > 20 and lost > sum(char.isalpha() for char in sample):
        raise UnknownLetters
    return text
