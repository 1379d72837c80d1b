"""Names with the frequencies of real people: few names are common, many are rare."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from members.people.rules.duplicates import name_key
from registry.text import _PART_ENDS, _weigh_part, search_key

#: Number of slots for the names; a name of one in a hundred people has a hundredth of them.
SLOTS = 100_000
#: Surnames of men, and how many of ten thousand people have each.
_FREQUENT = (
    "Смирнов 186 Иванов 133 Кузнецов 100 Соколов 86 Попов 85 Лебедев 74 Козлов 64 Новиков 61 Морозов 56 Петров 53 "
    "Волков 53 Соловьёв 53 Васильев 49 Зайцев 46 Павлов 45 Семёнов 44 Голубев 43 Виноградов 43 Богданов 42 "
    "Воробьёв 41 Фёдоров 39 Михайлов 39 Беляев 37 Тарасов 37 Белов 36 Комаров 34 Орлов 34 Киселёв 34 Макаров 33 "
    "Андреев 33 Ковалёв 32 Ильин 32 Гусев 31 Титов 31 Кузьмин 31 Кудрявцев 30 Баранов 30 Куликов 30 Алексеев 30 "
    "Степанов 30 Яковлев 29 Сорокин 29 Сергеев 29 Романов 29 Захаров 29 Борисов 29 Королёв 29 Герасимов 29 "
    "Пономарёв 29 Григорьев 29 Лазарев 29 Медведев 28 Ершов 28 Никитин 28 Соболев 28 Рябов 28 Поляков 28 Цветков 28 "
    "Данилов 28 Жуков 28 Фролов 28 Журавлёв 27 Николаев 27 Крылов 27 Максимов 27 Сидоров 26 Осипов 26 Белоусов 26 "
    "Федотов 26 Дорофеев 25 Егоров 25 Матвеев 25 Бобров 25 Дмитриев 25 Калинин 25 Анисимов 24 Петухов 24 Антонов 24 "
    "Тимофеев 24 Никифоров 24 Веселов 23 Филиппов 23 Марков 23 Большаков 22 Суханов 22 Миронов 22 Ширяев 22 "
    "Александров 22 Коновалов 22 Шестаков 22 Казаков 22 Ефимов 21 Денисов 21 Громов 21 Фомин 21 Давыдов 20 "
    "Мельников 20 Щербаков 20 Блинов 19 Колесников 19"
)
_WOMEN = (
    "Елена 80 Татьяна 76 Наталья 75 Ольга 74 Светлана 60 Ирина 58 Анна 55 Мария 45 Екатерина 42 Людмила 40 Галина 36 "
    "Юлия 36 Марина 35 Анастасия 32 Надежда 24 Любовь 22 Валентина 22 Оксана 18 Лариса 16 Вера 15 Нина 14 Евгения 14 "
    "Виктория 13 Дарья 12 Александра 11 Тамара 9 Алла 8 Ксения 8 Алина 7 Кристина 6 Раиса 5 Зоя 4 Маргарита 4 "
    "Лидия 4 Антонина 4 Гульнара 4 Полина 4 Инна 4 Жанна 3 Диана 3 Эльвира 3 Лилия 3 Алсу 2 Айгуль 2 Марьям 1 Патимат 1"
)
_MEN = (
    "Александр 105 Сергей 90 Владимир 65 Андрей 62 Алексей 60 Дмитрий 58 Николай 50 Иван 45 Михаил 42 Евгений 38 "
    "Юрий 32 Виктор 30 Олег 26 Игорь 26 Максим 22 Павел 20 Денис 20 Роман 18 Анатолий 18 Василий 16 Антон 14 "
    "Константин 12 Илья 12 Вячеслав 12 Артём 10 Валерий 10 Виталий 10 Пётр 8 Никита 8 Станислав 7 Вадим 7 Руслан 6 "
    "Геннадий 6 Борис 5 Григорий 4 Тимур 3 Рустам 3 Фёдор 3 Марат 2 Степан 2 Магомед 2 Лев 1 Баир 1"
)
_FATHERS = (
    "Александрович/Александровна 105 Николаевич/Николаевна 95 Владимирович/Владимировна 88 Иванович/Ивановна 76 "
    "Викторович/Викторовна 60 Сергеевич/Сергеевна 58 Михайлович/Михайловна 50 Анатольевич/Анатольевна 48 "
    "Васильевич/Васильевна 48 Юрьевич/Юрьевна 40 Алексеевич/Алексеевна 40 Андреевич/Андреевна 24 "
    "Петрович/Петровна 30 Геннадьевич/Геннадьевна 22 Евгеньевич/Евгеньевна 22 Валентинович/Валентиновна 10 "
    "Борисович/Борисовна 16 Дмитриевич/Дмитриевна 16 Григорьевич/Григорьевна 14 Валерьевич/Валерьевна 16 "
    "Павлович/Павловна 14 Фёдорович/Фёдоровна 14 Игоревич/Игоревна 12 Олегович/Олеговна 12 Семёнович/Семёновна 8 "
    "Вячеславович/Вячеславовна 8 Константинович/Константиновна 8 Витальевич/Витальевна 8 Степанович/Степановна 5 "
    "Ильич/Ильинична 4 Романович/Романовна 4 Егорович/Егоровна 3 Львович/Львовна 2 Маратович/Маратовна 2 "
    "Рашидович/Рашидовна 2 Магомедович/Магомедовна 2"
)
_FIRST = (
    "Аба Арте Бала Бара Безру Бори Були Бых Вала Веде Вере Воло Гала Гера Гла Голо Гор Гра Гри Дани Деми Доро Дуби "
    "Дья Ере Жда Заво Зале Зве Зи Ива Иго Кали Кара Кисе Коло Коро Кра Кузо Лады Лавре Лого Лу Мала Марты Меле Моро "
    "Му Наза Не Оси Остро Пала Пере Пого Поле Про Ра Рого Рома Руда Саве Сафо Сели Сини Ско Соро Суда Тара Тере Тимо "
    "Тро Ува Усти Фила Хари Холо Че Чере Чума Шала Шепе Шу Ща Эрде Юма Яго Яры"
)
_SECOND = "бин вал вен вил гин гол дей дин зер кал кар кин лаш лин ман мин нов пин рас рен сел син тин хин чен"
_ENDINGS = (("ов", "ова"), ("ев", "ева"), ("ин", "ина"), ("енко", "енко"), ("ский", "ская"), ("ук", "ук"))


def _weighed(text: str) -> Iterator[tuple[str, int]]:
    words = text.split()
    return ((name, int(weight)) for name, weight in zip(words[::2], words[1::2], strict=True))


def _surnames() -> Iterator[tuple[str, str, float]]:
    """Yield surnames of men and of women, with their frequency; the rare ones follow Zipf's law."""
    frequent = list(_weighed(_FREQUENT))
    yield from ((name, f"{name}а", weight) for name, weight in frequent)
    rare = list(itertools.product(_FIRST.split(), _SECOND.split(), _ENDINGS))
    shares = [1 / (rank + len(frequent)) for rank in range(len(rare))]
    left = (10_000 - sum(weight for _name, weight in frequent)) / sum(shares)
    # Alphabetical neighbours do not have equal frequencies.
    for rank, (first, second, (man, woman)) in enumerate(rare):
        share = shares[rank * 7919 % len(rare)]
        yield first + second + man, first + second + woman, share * left


def _shared_out(names: Sequence[tuple[str, float]]) -> Iterator[tuple[int, str]]:
    """Yield each slot with its name."""
    whole, reached, slot = sum(weight for _name, weight in names), 0.0, 0
    for name, weight in names:
        reached += weight
        while slot < SLOTS and slot < reached / whole * SLOTS:
            yield slot, name
            slot += 1
    yield from ((late, names[-1][0]) for late in range(slot, SLOTS))


def rows() -> Iterator[tuple[str, int, int, str, str, str, str, str]]:
    """Yield part of the name, sex (1 of a woman), slot, name, words, weights, ties and letters of its keys."""
    surnames = list(_surnames())
    fathers = [(*name.split("/"), weight) for name, weight in _weighed(_FATHERS)]
    parts: Iterable[tuple[str, int, list[tuple[str, float]]]] = (
        ("surname", 0, [(man, weight) for man, _woman, weight in surnames]),
        ("surname", 1, [(woman, weight) for _man, woman, weight in surnames]),
        ("given_name", 0, [*_weighed(_MEN)]),
        ("given_name", 1, [*_weighed(_WOMEN)]),
        ("patronymic", 0, [(man, weight) for man, _woman, weight in fathers]),
        ("patronymic", 1, [(woman, weight) for _man, woman, weight in fathers]),
    )
    for part, sex, names in parts:
        made = {name: _keys(name) for name, _weight in names}
        yield from ((part, sex, slot, name, *made[name]) for slot, name in _shared_out(names))


def _keys(name: str) -> tuple[str, str, str, str]:
    ties: list[str] = []
    weights = _weigh_part(name, ties) + _PART_ENDS
    return search_key(name).strip(), weights, "".join(ties), name_key(name, "")
