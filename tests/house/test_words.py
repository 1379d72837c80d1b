"""Plain language: docstrings in direct sentences, «they» for people in English, no presumed men in Russian."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from .tree import ROOT, modules

# An underscore separates words, so names of tests and functions are read too.
MASCULINE = re.compile(r"(?<![A-Za-z])(he|his|him|himself)(?![A-Za-z])", re.IGNORECASE)
TEXTS = [
    *(module.path for module in modules()),
    *(path for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__)),
    *sorted((ROOT / "templates").rglob("*.html")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
CATALOGUE = ROOT / "registry" / "locale" / "ru" / "LC_MESSAGES" / "django.po"

#: Docstrings that begin as a question instead of a sentence, which are hard to read.
RIDDLE = re.compile(
    r"(?:(?:To|Of|By|For) )?[Ww]hom\b|Those who|(?:What|Whether|Which|Who|Whoever|Where|When|Why|How)\b"
)

#: Inverted phrases: relative clauses and words that plain technical English avoids.
TURNED = re.compile(r"\b(?:whom|so\s+many|whoever|whomever|anew|heirs?)\b", re.IGNORECASE)

#: Nouns for people with masculine grammar.
PEOPLE = {
    "член", "человек", "председатель", "заявитель", "специалист", "представитель", "администратор", "владелец",
    "контролёр", "опекун", "попечитель", "секретарь", "докладчик", "сотрудник", "пользователь", "заместитель",
    "работник", "держатель", "участник",
}  # fmt: skip
#: States and acts of people, in the masculine form.
OF_PEOPLE = {
    "исключён", "выключен", "снят", "поставлен", "принят", "уведомлён", "извещён", "ознакомлен", "переведён",
    "назначен", "избран", "освобождён", "восстановлен", "уволен", "зачислен", "допущен", "приглашён",
    "оповещён", "награждён", "внесён", "обязан", "должен", "согласен", "прибыл", "выбыл", "умер", "родился",
    "вступил", "предложил", "запросил", "состоял", "достиг", "ушёл", "вошёл", "пришёл", "явился", "подписал",
    "отказался", "написал", "сообщил", "внёс", "ввёл", "сделал", "числился", "работал", "платил", "был", "сам",
}  # fmt: skip
#: Endings of other masculine past verbs and short participles; they count after a noun for people.
ENDING = re.compile(r"\w{2,}(?:[аеёиоуыя]л(?:ся)?|[её]н|[ая]н|[её]рт)$")
#: Subjects with which the masculine form is right: «отчёт принят», «кто предложил».
SUBJECTS = {
    "кто", "никто", "отчёт", "список", "протокол", "перевод", "вопрос", "файл", "скан", "пароль", "билет",
    "документ", "приём", "запрос", "отзыв", "лист", "код", "учёт", "орган", "день", "срок", "взнос", "акт",
    "реестр", "столбец", "устав", "кворум", "ответ", "состав", "договор", "lock",
}  # fmt: skip
#: Maximum number of words between a verb and its subject.
NEAR = 5


def masculine(text: str) -> list[int]:
    """Return the numbers of the lines that call a person «he»."""
    return [number for number, line in enumerate(text.splitlines(), 1) if MASCULINE.search(line)]


def presumed(text: str) -> list[str]:
    """Return the masculine verbs and participles of a Russian text that refer to people."""
    # «Был(а)» does not help, because nobody reads it aloud.
    plain = re.sub(r"\(а\)", "", text.lower()).replace("%(name)s", " ")
    return [word for clause in re.split(r"[.:;!?()«»—]", plain) for word in _presumed_in(clause)]


def _presumed_in(clause: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]+", clause)
    for at, word in enumerate(words):
        around = {*words[max(0, at - NEAR) : at + NEAR]}
        behind_person = not PEOPLE.isdisjoint(words[max(0, at - NEAR) : at]) and word not in PEOPLE
        if (word in OF_PEOPLE or (behind_person and ENDING.match(word))) and around.isdisjoint(SUBJECTS):
            yield word


def riddles(code: str) -> list[int]:
    """Return the numbers of the lines where a docstring begins as a question."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        if RIDDLE.match(ast.get_docstring(node) or ""):
            found.append(node.body[0].lineno)
    return sorted(found)


def prose(code: str) -> Iterator[tuple[int, str]]:
    """Yield the docstrings, the blocks of comments and the names of functions, each with its line."""
    comments: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, text = token.start[0], token.string.lstrip("#: ")
        if comments and comments[-1][0] + comments[-1][1].count("\n") + 1 == line:
            line, text = comments[-1][0], f"{comments.pop()[1]}\n{text}"
        comments.append((line, text))
    yield from comments
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, node.name.replace("_", " ")
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def turned(path: Path, text: str) -> list[int]:
    """Return the lines of a text, or the first lines of docstrings and comments of code, with such a phrase.

    Strings in code are not checked, because labels in old migrations cannot change.
    """
    parts = prose(text) if path.suffix == ".py" else [(1, text)]
    return sorted(
        line + (0 if path.suffix == ".py" else text.count("\n", 0, found.start()))
        for line, text in parts
        for found in TURNED.finditer(text)
    )


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('"""Contents of a module."""', []),
        ('"""What a module contains."""', [1]),
        ('"""Of whom the module speaks."""', [1]),
        ('class Form:\n    """To whom cards are handed over, and when."""', [2]),
        ('class Form:\n    """Receiver and date of an act."""', []),
        ('class Reason:\n    """Reason why a card is made."""', []),
        ('class Reason:\n    """Why a card is made."""', [2]),
        ('def sends():\n    """Whether it is so."""', [2]),
        ('def sends():\n    """Return whether messages are sent."""', []),
        ('def sends():\n    return 1\n\n\ndef known():\n    """Whoever is known."""', [6]),
    ],
)
def test_docstrings_that_begin_as_questions_are_found(code: str, lines: list[int]) -> None:
    assert riddles(code) == lines


def test_docstrings_begin_as_sentences() -> None:
    found = modules()
    assert len(found) > 500
    assert [f"{module.where}:{line}" for module in found for line in riddles(module.text)] == []


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.py", '"""Members with a card."""\n# the only heirloom', []),
        ("a.py", 'x = "of whom working"  # a label', []),
        ("a.py", '"""Members.\n\nThose of whom it is known."""', [1]),
        ("a.py", "x = 1\n# Members for\n# whom a card is made.", [2]),
        ("a.py", "x = 1\n#: Kept for so many days.\n\n# So that many may read.", [2]),
        ("a.py", "def test_whoever_comes() -> None:\n    heir = 1", [1]),
        ("a.py", 'class Form:\n    """The heir of a card."""', [2]),
        ("a.py", "x = 1\n#: Whom\n#: it names.", [2]),
        ("a.py", "whom = name_of(member)\nshow(whom, the=1)", []),
        ("a.html", "{% translate 'Members who left' %}", []),
        ("a.html", "<p>\n{% translate 'By\nwhom' %}", [3]),
        ("a.md", "- counted\n- counted anew", [2]),
    ],
)
def test_turned_phrases_are_found(name: str, text: str, lines: list[int]) -> None:
    assert turned(Path(name), text) == lines


def test_no_phrase_is_turned_around() -> None:
    assert len(TEXTS) > 700
    wrong = [f"{p.relative_to(ROOT)}:{n}" for p in TEXTS for n in turned(p, p.read_text(encoding="utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# they and their card", []),
        ("x\n# he reads", [2]),
        ('"""His card."""', [1]),
        ("# this, the, history", []),
        ("def test_who_keeps_his_card() -> None:", [1]),
    ],
)
def test_masculine_words_are_found(text: str, lines: list[int]) -> None:
    assert masculine(text) == lines


def test_people_are_they() -> None:
    assert len(TEXTS) > 700
    wrong = [f"{p.relative_to(ROOT)}:{n}" for p in TEXTS for n in masculine(p.read_text(encoding="utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("прибыл из другой организации", ["прибыл"]),
        ("Член организации снят с учёта, карточка закрыта.", ["снят"]),
        ("%(name)s: о решении уже извещён(а); снимите отметку.", ["извещён"]),
        ("Был(а) на заседании", ["был"]),
        ("Специалист по учёту проверил карточку.", ["проверил"]),
        ("Этот человек здесь уже записан.", ["записан"]),
        ("прибытие из другой организации", []),
        ("Отчёт принят; кто предложил изменение", []),
        ("Никто не принят", []),
        ("Кто из членов подписал согласие, а кто ещё нет", []),
        ("Председатель сообщит, человек состоит на учёте", []),
        ("Перевод запрошен, вопрос снят с повестки", []),
    ],
)
def test_words_that_presume_a_man_are_found(text: str, words: list[str]) -> None:
    assert presumed(text) == words


def test_the_interface_presumes_nobody_to_be_a_man() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    texts = {text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values()) if text}
    # Control: the catalogue is not empty and contains such words.
    assert len(texts) > 3500
    assert sum(any(word in OF_PEOPLE for word in re.findall(r"\w+", text.lower())) for text in texts) > 20
    assert {text: found for text in sorted(texts) if (found := presumed(text))} == {}
