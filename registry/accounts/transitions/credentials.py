"""Logins and one-time passwords that are easy to read from paper and to type (U-2)."""

from __future__ import annotations

import re
import secrets
import unicodedata

from registry.text import clean, fix_layout

from ..models import Account

#: Without characters that look alike, and without vowels, which could form words.
ALPHABET = "cdfhkmnprtvwxy34679"
GROUP_COUNT, GROUP_LENGTH = 3, 4

_CYRILLIC = re.compile("[\u0400-\u052f]")
_ONE_TIME = re.compile(f"[{ALPHABET}]{{{GROUP_COUNT * GROUP_LENGTH}}}")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_.]+")
_LETTERS = dict(
    zip(
        "абвгдезийклмнопрстуфыэ",
        "abvgdeziiklmnoprstufye",
        strict=True,
    )
) | {
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ю": "yu",
    "я": "ya",
    "ё": "e",
    "ъ": "",
    "ь": "",
}
# Letters of other languages of Russia that Unicode does not decompose into a Russian letter and a mark.
_LETTERS |= {
    "ә": "a",
    "ғ": "g",
    "җ": "zh",
    "қ": "k",
    "ҡ": "k",
    "ң": "n",
    "ҥ": "n",
    "ө": "o",
    "ҫ": "s",
    "ү": "u",
    "ұ": "u",
}
_LETTERS |= {
    "һ": "h",
    "ҳ": "kh",
    "ҙ": "z",
    "і": "i",
    "ї": "i",
    "є": "e",
    "ґ": "g",
    "ӏ": "",
    "ј": "j",
    "ҷ": "ch",
    "ӷ": "g",
}


def one_time_password() -> str:
    """Return a new password such as `hk4t-m7wd-x9pc`, about 51 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUP_COUNT))


def canonical_password(typed: str) -> str:
    """Return the one-time password in its canonical form, whatever its case, hyphens and keyboard layout.

    Text that cannot be a one-time password is returned unchanged.
    """
    text = typed.strip().lower()
    if _CYRILLIC.search(text):
        text = fix_layout(text)
    text = _SEPARATORS.sub("", text)
    if not _ONE_TIME.fullmatch(text):
        return typed
    return "-".join(text[at : at + GROUP_LENGTH] for at in range(0, len(text), GROUP_LENGTH))


def canonical_login(typed: str) -> str:
    """Return the login in its canonical form, whatever its case and keyboard layout."""
    text = clean(typed, 100).strip().lower()
    return fix_layout(text) if _CYRILLIC.search(text) else text


def transliterate(text: str) -> str:
    """Transliterate a Russian name to lower-case Latin letters: «Щербаков-Юй» → «shcherbakovyui»."""
    letters = []
    for letter in clean(text, 100).lower():
        known = _LETTERS.get(letter)
        if known is None:
            base = unicodedata.normalize("NFD", letter)[0]
            known = _LETTERS.get(base, base if base.isascii() and base.isalpha() else "")
        letters.append(known)
    return "".join(letters)


def free_login(surname: str) -> str:
    """Return an unused login: the surname in Latin letters with a random number."""
    base = transliterate(surname)[:20] or "user"
    digits = 4
    while True:
        for _ in range(20):
            login = f"{base}{secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)}"
            if not Account.objects.filter(login=login).exists():
                return login
        digits += 1
