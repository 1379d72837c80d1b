"""Contents of a clause of a form: text, and placeholders in braces from a fixed list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

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
#: Facts stated in a notice, a letter or the minutes, without braces → description. A clause offers those of the
#: charter's text, and every version keeps them.
FACTS = {
    "взносы и сроки": _("fees to be paid, with their terms"),
    "воздержались": _("number of those who abstained"),
    "время сведений": _("day and time of the extract"),
    "дата жалобы": _("day of the appeal"),
    "дата заявления": _("day of the application or statement"),
    "дата обращения": _("day of the request"),
    "дата решения": _("day of the decision"),
    "дата уничтожения": _("day on which the data were destroyed"),
    "есть ли кворум": _("«имеется» or «отсутствует»"),
    "за": _("number of votes for"),
    "конец срока": _("last day for an appeal"),
    "кто решает": _("organisation that decides on the appeal"),
    "куда обжаловать": _("body, name and address of the superior organisation"),
    "на что согласие": _("what the withdrawn consent is about, in the accusative"),
    "новый срок": _("last day of the extended term"),
    "номер обращения": _("number of the request"),
    "норма закона": _("part and article of the law with the extension, in the instrumental"),
    "обжалованное решение": _("decision appealed against, in the accusative"),
    "объединения": _("short name of the federation in the genitive"),
    "органа": _("governing body in the genitive"),
    "органа и протокол": _("governing body in the genitive, number and date of the minutes"),
    "первая организация": _("organisation whose decision was appealed against"),
    "предмет обращения": _("what the request asks for, in the prepositional"),
    "присутствовали": _("number and names of those present"),
    "причина": _("reason, as it was entered"),
    "против": _("number of votes against"),
    "срок блокировки": _("last day for blocking the card"),
    "срок уничтожения": _("last day for destroying the data"),
    "членов органа": _("number of members of the governing body"),
}
#: Placeholders for papers about one person only.
_OF_A_PERSON = ("нужное подчеркнуть", "имя", "билет", "адрес")
#: Papers that are not about a single person.
_ABOUT_NOBODY = frozenset({"minutes"})
#: Separates the words for a man, a woman and, if given, a person of unknown sex.
BETWEEN = "/"
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of the text in order, without braces; the flag is true for placeholders."""
    for number, part in enumerate(_IN_BRACES.split(text)):
        if part or number % 2:
            yield part, bool(number % 2)


def is_about_a_person(form: str) -> bool:
    """Return whether the form is about one person, so that its text can have their name and words for their sex."""
    return form not in _ABOUT_NOBODY


def placeholders_of(form: str) -> dict[str, str]:
    """Return the placeholders that every clause of the form can have, with their descriptions."""
    return {
        name: str(what) for name, what in PLACEHOLDERS.items() if is_about_a_person(form) or name not in _OF_A_PERSON
    }


def facts_of(text: str) -> dict[str, str]:
    """Return the facts that the text states, in its order, with their descriptions."""
    return {part: str(FACTS[part]) for part, in_braces in parts(text) if in_braces and part in FACTS}


def facts_of_form(clauses: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the facts of all clauses of a charter's form."""
    return {name: what for clause in clauses.values() for name, what in facts_of(clause["text"]).items()}


def word_for(variants: str, *, is_woman: bool, is_known: bool) -> str:
    """Return the word for the person's sex; if it is unknown, «ознакомлен/ознакомлена» becomes «ознакомлен(а)»."""
    man, woman, *other = variants.split(BETWEEN)
    if is_known:
        return woman if is_woman else man
    if other:
        return other[0]
    return f"{man}({woman[len(man) :]})" if woman.startswith(man) else f"{man}{BETWEEN}{woman}"
