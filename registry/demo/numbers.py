"""Fictitious requisites with valid check digits (practice 9)."""


def inn(nine: int) -> str:
    """Return a ten-digit ИНН from nine digits."""
    digits = f"{nine:09d}"
    check = sum(int(d) * w for d, w in zip(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8), strict=True)) % 11 % 10
    return f"{digits}{check}"


def ogrn(twelve: int) -> str:
    """Return a thirteen-digit ОГРН from twelve digits."""
    return f"{twelve:012d}{twelve % 11 % 10}"


def snils(nine: int) -> str:
    """Return an eleven-digit СНИЛС from nine digits."""
    digits = f"{nine:09d}"
    total = sum(int(digit) * (9 - at) for at, digit in enumerate(digits))
    check = total if total < 100 else total % 101 % 100
    return f"{digits}{check:02d}"
