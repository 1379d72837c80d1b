"""Logins and one-time passwords: made so that they can be read from paper and typed by anybody (U-2)."""

from __future__ import annotations

import re
import secrets
import unicodedata

from registry.text import clean, fix_layout

from ..models import Account

#: Neither letters and digits that are taken for one another nor vowels, which would make words.
ALPHABET = "cdfhkmnprtvwxy34679"
GROUPS, GROUP = 3, 4

_CYRILLIC = re.compile("[\u0400-\u052f]")
_ONE_TIME = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")
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
# Letters of other languages of Russia that do not come apart into a Russian one and its mark.
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
    """A new password such as `hk4t-m7wd-x9pc`, about 51 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def canonical_password(typed: str) -> str:
    """The one-time password that was meant, whatever the letter case, the hyphens and the keyboard's language.

    Anything that cannot be one comes back as it was typed.
    """
    text = typed.strip().lower()
    if _CYRILLIC.search(text):
        text = fix_layout(text)
    text = _SEPARATORS.sub("", text)
    if not _ONE_TIME.fullmatch(text):
        return typed
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def canonical_login(typed: str) -> str:
    """The login that was meant, whatever the letter case and the keyboard's language."""
    text = clean(typed, 100).strip().lower()
    return fix_layout(text) if _CYRILLIC.search(text) else text


def transliterate(text: str) -> str:
    """Latin small letters for a Russian name: «Щербаков-Юй» → «shcherbakovyui»; what has none is left out."""
    letters = []
    for letter in clean(text, 100).lower():
        known = _LETTERS.get(letter)
        if known is None:
            base = unicodedata.normalize("NFD", letter)[0]
            known = _LETTERS.get(base, base if base.isascii() and base.isalpha() else "")
        letters.append(known)
    return "".join(letters)


def free_login(surname: str) -> str:
    """A login that nobody has: the surname in Latin letters and a number that says nothing."""
    base = transliterate(surname)[:20] or "user"
    digits = 4
    while True:
        for _ in range(20):
            login = f"{base}{secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)}"
            if not Account.objects.filter(login=login).exists():
                return login
        digits += 1
