"""Contents of a clause of a form: text, and placeholders in braces from a fixed list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

#: Placeholder, without its braces → description of the printed value.
PLACEHOLDERS = {
    "дата": _("lines for a date, to be filled in by hand"),
    "нужное подчеркнуть": _("«(нужное подчеркнуть)» in italics"),
    "имя": _("surname, given name and patronymic"),
    "билет": _("number of the membership ticket"),
    "адрес": _("address of the member"),
    "организация": _("name of the organisation"),
}
#: Separates the words for a man, for a woman and, if given, for a person of unknown sex.
BETWEEN = "/"
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of the text in order, without braces; the flag is true for placeholders."""
    for number, part in enumerate(_IN_BRACES.split(text)):
        if part or number % 2:
            yield part, bool(number % 2)


def word_for(variants: str, *, is_woman: bool, is_known: bool) -> str:
    """Return the word for the person's sex; if it is unknown, «ознакомлен/ознакомлена» becomes «ознакомлен(а)»."""
    man, woman, *other = variants.split(BETWEEN)
    if is_known:
        return woman if is_woman else man
    if other:
        return other[0]
    return f"{man}({woman[len(man) :]})" if woman.startswith(man) else f"{man}{BETWEEN}{woman}"
