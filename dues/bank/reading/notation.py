"""Sums, days and directions as written in banks' tables. Amounts are roubles."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

_BLANKS = re.compile(r"[\s'’]")
_UNIT = re.compile(r"(?:руб(?:лей|\.)?|р\.|₽|rub|rur)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{2}|\d{1,3}(?:\.\d{3})+,\d{2}", re.ASCII)
_SUM = re.compile(r"([-−–+]?)(\d{1,13})(?:[.,](\d{1,2})|-(\d{2})|=)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?:[ T,]+\d{1,2}:\d{2}(?::\d{2})?)?г?\.?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?\S*)?", re.ASCII)
_YEARS = range(2000, 2100)
_IN = {"кредит", "к", "кт", "приход", "поступление", "зачисление", "входящий", "входящее", "credit", "c", "+"}
_OUT = {"дебет", "д", "дт", "расход", "списание", "исходящий", "исходящее", "debit", "d", "-"}


def parse_sum(text: str) -> Decimal | None:
    """Return «1 234,56», «-1234.5», «1,234.56», «+49 руб.» or «1234-56» in roubles; None for anything else."""
    joined = _UNIT.sub("", _BLANKS.sub("", text))
    bare = joined.lstrip("-−–+")
    if _GROUPED.fullmatch(bare):
        joined = joined.removesuffix(bare) + re.sub("[.,]", "", bare[:-3]) + bare[-3:]
    found = _SUM.fullmatch(joined)
    if found is None:
        return None
    amount = Decimal(f"{found[2]}.{(found[3] or found[4] or '').ljust(2, '0')}")
    return -amount if found[1] and found[1] != "+" else amount


def parse_day(text: str) -> dt.date | None:
    """Return the day of «01.10.2031», «1.10.31», «01/10/2031 12:30» or «2031-10-01T09:00»; None for anything else."""
    text = text.strip()
    if found := _DAY.fullmatch(text):
        day, month, year = found.groups()
        year = year if len(year) == 4 else f"20{year}"
    elif found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(day)) if int(year) in _YEARS else None
    except ValueError:
        return None


def direction(text: str) -> bool | None:
    """Return whether the word means that money was received; None if it means neither."""
    word = text.strip().lower().rstrip(".")
    return True if word in _IN else False if word in _OUT else None
