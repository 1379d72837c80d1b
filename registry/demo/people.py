"""Realistic values of cards, as typed by chairs."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from . import names, numbers

STREETS = (
    "ул. Садовая", "ул. Ленина", "пр. Мира", "ул. Гагарина", "пер. Школьный", "ул. Октябрьская", "ул. Лесная",
    "наб. Речная", "б-р Победы", "ул. Первомайская", "ул. Чехова", "ул. Полевая", "ул. Молодёжная", "пр. 40 лет Победы",
)  # fmt: skip
_POLICE = ("Тульской", "Владимирской", "Калужской", "Рязанской")
PROFESSIONS = (
    "бухгалтер", "слесарь", "швея", "инженер", "продавец", "водитель", "медицинская сестра", "учитель", "программист",
    "повар", "электромонтёр", "библиотекарь", "агроном",
)  # fmt: skip
POSITIONS = (
    ("учитель начальных классов", "teaching", 5), ("учитель математики", "teaching", 3),
    ("учитель русского языка и литературы", "teaching", 3), ("учитель физики", "teaching", 2),
    ("учитель истории", "teaching", 2), ("учитель физической культуры", "teaching", 2),
    ("педагог-психолог", "teaching", 1), ("социальный педагог", "teaching", 1), ("воспитатель", "teaching", 3),
    ("заместитель директора по УВР", "leading", 1), ("директор", "leading", 1), ("библиотекарь", "support", 1),
    ("лаборант", "support", 1), ("секретарь", "support", 1), ("уборщик служебных помещений", "service", 2),
    ("повар", "service", 1),
)  # fmt: skip


class People:
    """Generates people; the same seed gives the same people."""

    def __init__(self, seed: int, today: dt.date) -> None:
        self.chance = random.Random(seed)
        self.today = today
        self._snils = 120_000_000 + seed * 1_000_000

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """Return a day between both, inclusive."""
        return first + dt.timedelta(days=self.chance.randint(0, max(0, (last - first).days)))

    def years_ago(self, least: int, most: int) -> dt.date:
        """Return a day that many years ago."""
        return self.day(
            self.today - dt.timedelta(days=int(most * 365.25)), self.today - dt.timedelta(days=int(least * 365.25))
        )

    def person(self, *, city: str, region: str, postcode: str, woman_share: float = 0.6) -> dict[str, Any]:
        """Return the values common to both charters."""
        chance = self.chance
        woman = chance.random() < woman_share
        surname, given, patronymic = names.name(chance, woman=woman)
        self._snils += chance.randint(7, 997)
        mobile = f"+79{chance.choice('0126')}{chance.randint(0, 99_999_999):08d}"
        return {
            "surname": surname,
            "given_name": given,
            "patronymic": patronymic,
            "no_patronymic": not patronymic,
            "sex": "female" if woman else "male",
            "snils": numbers.snils(self._snils) if chance.random() < 0.8 else "",
            "marital_status": chance.choices(("single", "married", "divorced", "widowed"), (2, 6, 2, 2))[0],
            "region": region,
            "postcode": postcode,
            "city": city,
            "street": chance.choice(STREETS),
            "house": str(chance.randint(1, 140)) + chance.choice(("", "", "", "а", " корп. 2")),
            "flat": str(chance.randint(1, 120)) if chance.random() < 0.8 else "",
            "phone_mobile": mobile if chance.random() < 0.9 else "",
            "phone_home": f"4-{chance.randint(10, 99)}-{chance.randint(10, 99)}" if chance.random() < 0.15 else "",
            "email": f"pochta{self._snils % 100_000}@example.ru" if chance.random() < 0.35 else "",
        }

    def society_member(self, *, city: str, region: str, postcode: str) -> dict[str, Any]:
        """Return the values of a card of the society of disabled people."""
        chance = self.chance
        values = self.person(city=city, region=region, postcode=postcode)
        birth = self.years_ago(20, 88)
        joined = self.day(
            max(birth + dt.timedelta(days=19 * 366), dt.date(1989, 1, 1)), self.today - dt.timedelta(days=20)
        )
        issued = self.day(max(joined - dt.timedelta(days=3000), birth + dt.timedelta(days=366)), joined)
        indefinite = chance.random() < 0.7
        category = chance.choices(("disabled", "legal_representative", "guardian", "trustee"), (90, 6, 3, 1))[0]
        values |= {
            "birth_date": birth,
            "birth_place": values["city"],
            "citizenship": "Российская Федерация",
            "category": category,
            "joined_on": joined,
            "joined_year_only": False,
            "education": chance.choices(("primary", "secondary", "vocational", "higher"), (1, 4, 5, 3))[0],
            "profession": chance.choice(PROFESSIONS),
            "workplace": chance.choice(("", "", "", "ООО «Надежда»", "ИП", "МУП «Горводоканал»")),
            **self._passport(birth),
            "transport": chance.choice(("", "", "", "Лада Гранта", "ВАЗ-2107")),
            "hobby": chance.choice(("", "вязание", "шахматы", "рыбалка", "хор ветеранов", "садоводство")),
            "housing": chance.choice(("", "квартира, 2 комнаты", "частный дом", "комната в общежитии")),
        }
        if category == "disabled":
            values |= {
                "disability_group": chance.choices(("I", "II", "III"), (13, 61, 26))[0],
                "disability_cause": chance.choices(
                    ("general", "labour", "childhood", "chernobyl", "military"), (70, 8, 15, 3, 4)
                )[0],
                "certificate_series": f"МСЭ-{chance.randint(2009, 2025)}",
                "certificate_number": f"{chance.randint(100_000, 9_999_999):07d}",
                "certificate_issued_on": issued,
                "certificate_indefinite": indefinite,
                "certificate_expires_on": None
                if indefinite
                else max(issued, self.today + dt.timedelta(days=chance.randint(-40, 500))),
                "mobility": chance.choices(("wheelchair", "flat", "crutches", "free"), (5, 5, 20, 70))[0],
            }
        if chance.random() < 0.08:
            values[chance.choice(("education", "phone_mobile", "marital_status", "street"))] = ""
        return values

    def ward(self, surname: str, *, sex: str, born: dt.date, city: str, signed_on: dt.date) -> dict[str, Any]:
        """Return a disabled child with a birth certificate, of the parent's sex and therefore surname."""
        _surname, given, patronymic = names.name(self.chance, woman=sex == "female")
        number, issued_on, issued_by = self.chance.randint(100_000, 999_999), born + dt.timedelta(days=20), "отдел ЗАГС"
        return {
            "surname": surname,
            "given_name": given,
            "patronymic": patronymic,
            "sex": sex,
            "birth_date": born,
            "disability_group": "child",
            "disability_cause": "childhood",
            "mandate_kind": "birth_certificate",
            "mandate_number": f"II-БО № {number}",
            "mandate_issued_on": issued_on,
            "mandate_issued_by": f"{issued_by}, г. {city}",
            "paper_kind": "birth_certificate",
            "paper_series": "II-БО",
            "paper_number": f"{number}",
            "paper_issued_on": issued_on,
            "paper_issued_by": f"{issued_by}, г. {city}",
            "city": city,
            "consent_signed_on": signed_on,
        }

    def union_member(self, *, workplace: str, city: str, region: str, postcode: str) -> dict[str, Any]:
        """Return the values of a card of the education union."""
        chance = self.chance
        values = self.person(city=city, region=region, postcode=postcode, woman_share=0.82)
        birth = self.years_ago(21, 72)
        joined = self.day(
            max(birth + dt.timedelta(days=18 * 366), dt.date(1975, 9, 1)), self.today - dt.timedelta(days=15)
        )
        position, worker_category, _weight = chance.choices(POSITIONS, [weight for _p, _c, weight in POSITIONS])[0]
        cash = chance.random() < 0.12
        values |= {
            "birth_date": birth,
            "category": "employed" if birth.year > self.today.year - 68 else chance.choice(("employed", "pensioner")),
            "joined_on": joined,
            "joined_year_only": False,
            "workplace": workplace,
            "position": position,
            "worker_category": worker_category,
            "education": chance.choices(
                ("secondary", "vocational", "bachelor", "specialist", "master"), (1, 3, 3, 6, 2)
            )[0],
            "dues_form": "cash" if cash else "cashless",
            "dues_percent": Decimal("1.00"),
            "dues_statement_on": None if cash else joined,
            **self._passport(birth),
        }
        if chance.random() < 0.1:
            values[chance.choice(("education", "position", "dues_form"))] = ""
        return values

    def _passport(self, birth: dt.date) -> dict[str, Any]:
        chance = self.chance
        twenty = birth + dt.timedelta(days=20 * 365 + 6)
        issued = min(self.day(twenty, max(twenty, self.today)), self.today)
        region, number = chance.randint(10, 98), chance.randint(100_000, 999_999)
        changed = birth + dt.timedelta(days=45 * 365 + 12)
        if issued < changed <= self.today - dt.timedelta(days=90) and number % 12:
            # A few have not renewed it at 45.
            issued = changed + (issued - twenty) % dt.timedelta(days=90)
        return {
            "paper_kind": "passport",
            "paper_series": f"{region:02d} {issued.year % 100:02d}",
            "paper_number": f"{number}",
            "paper_issued_on": issued,
            "paper_issued_by": f"УМВД России по {chance.choice(_POLICE)} области",
            "paper_code": f"{chance.randint(100, 999)}-{chance.randint(1, 99):03d}",
        }
