"""Names in the case that the sentence wants (practice 9.1)."""

import pytest

from documents.printing.declension import (
    Case,
    decline,
    decline_organization,
    initials,
    split_name,
    with_initials,
    without_tail,
)

PEOPLE = [
    # surname, name, patronymic, sex, genitive, dative
    ("Иванов", "Пётр", "Сергеевич", "male", "Иванова Петра Сергеевича", "Иванову Петру Сергеевичу"),
    ("Сидорова", "Анна", "Петровна", "female", "Сидоровой Анны Петровны", "Сидоровой Анне Петровне"),
    ("Непомнящая", "Любовь", "Ильинична", "female", "Непомнящей Любови Ильиничны", "Непомнящей Любови Ильиничне"),
    ("Непомнящий", "Лев", "Ильич", "male", "Непомнящего Льва Ильича", "Непомнящему Льву Ильичу"),
    ("Соловей", "Илья", "Никитич", "male", "Соловья Ильи Никитича", "Соловью Илье Никитичу"),
    ("Соловей", "Нинель", "Никитична", "female", "Соловей Нинели Никитичны", "Соловей Нинели Никитичне"),
    ("Осадчая", "Мария", "Юрьевна", "female", "Осадчей Марии Юрьевны", "Осадчей Марии Юрьевне"),
    ("Осадчий", "Юрий", "Львович", "male", "Осадчего Юрия Львовича", "Осадчему Юрию Львовичу"),
    ("Гремитских", "Ольга", "Павловна", "female", "Гремитских Ольги Павловны", "Гремитских Ольге Павловне"),
    ("Швец", "Фёдор", "Кузьмич", "male", "Швеца Фёдора Кузьмича", "Швецу Фёдору Кузьмичу"),
    ("Коломиец", "Андрей", "Ильич", "male", "Коломийца Андрея Ильича", "Коломийцу Андрею Ильичу"),
    ("Шевченко", "Тарас", "Григорьевич", "male", "Шевченко Тараса Григорьевича", "Шевченко Тарасу Григорьевичу"),
    ("Кузьмич", "Вера", "Олеговна", "female", "Кузьмич Веры Олеговны", "Кузьмич Вере Олеговне"),
    ("Петров-Водкин", "Кузьма", "Сергеевич", "male", "Петрова-Водкина Кузьмы Сергеевича", "Петрову-Водкину Кузьме Сергеевичу"),
    ("Мамедов", "Гасан", "Али оглы", "male", "Мамедова Гасана Али оглы", "Мамедову Гасану Али оглы"),
    ("Мамедова", "Лейла", "Али кызы", "female", "Мамедовой Лейлы Али кызы", "Мамедовой Лейле Али кызы"),
    ("Дюма", "Рашид", "", "male", "Дюма Рашида", "Дюма Рашиду"),
    ("Черных", "Айгуль", "Наилевна", "female", "Черных Айгуль Наилевны", "Черных Айгуль Наилевне"),
    ("Ким", "Игорь", "Валентинович", "male", "Кима Игоря Валентиновича", "Киму Игорю Валентиновичу"),
    ("Ким", "Гузель", "Валентиновна", "female", "Ким Гузель Валентиновны", "Ким Гузель Валентиновне"),
]  # fmt: skip


@pytest.mark.parametrize(("surname", "given", "patronymic", "sex", "genitive", "dative"), PEOPLE)
def test_names_of_many_peoples_are_declined(
    surname: str, given: str, patronymic: str, sex: str, genitive: str, dative: str
) -> None:
    assert decline(surname, given, patronymic, sex=sex, case=Case.GENITIVE) == genitive
    assert decline(surname, given, patronymic, sex=sex, case=Case.DATIVE) == dative


@pytest.mark.parametrize(
    ("surname", "given", "patronymic", "sex", "accusative"),
    [
        ("Ковалёва", "Тамара", "Никитична", "female", "Ковалёву Тамару Никитичну"),
        ("Непомнящая", "Любовь", "Ильинична", "female", "Непомнящую Любовь Ильиничну"),
        ("Мамедова", "Лейла", "Али кызы", "female", "Мамедову Лейлу Али кызы"),
        ("Ким", "Гузель", "", "female", "Ким Гузель"),
        ("Соловей", "Илья", "Никитич", "male", "Соловья Илью Никитича"),
        ("Петров-Водкин", "Лев", "Сергеевич", "male", "Петрова-Водкина Льва Сергеевича"),
    ],
)
def test_v_a5_whom_the_body_admits_stands_in_the_accusative(
    surname: str, given: str, patronymic: str, sex: str, accusative: str
) -> None:
    assert decline(surname, given, patronymic, sex=sex, case=Case.ACCUSATIVE) == accusative


def test_capitals_are_made_ordinary_before_they_are_declined() -> None:
    assert (
        decline("НЕПОМНЯЩАЯ", "АННА-МАРИЯ", "ПЕТРОВНА", sex="female", case=Case.DATIVE)
        == "Непомнящей Анне-Марии Петровне"
    )


def test_without_a_sex_on_the_card_a_name_stays_as_it_is_for_a_guess_may_insult() -> None:
    assert decline("Ким", "Женя", "", sex="", case=Case.GENITIVE) == "Ким Женя"


def test_initials_of_a_double_name_are_both() -> None:
    assert initials("Жан-Поль", "Ильич") == "Ж.-П.И."
    assert initials("", "") == ""


def test_a_chair_stands_in_the_dative_with_initials() -> None:
    assert with_initials(*split_name("Иванов Иван Иванович"), sex="male", case=Case.DATIVE) == "Иванову И.И."
    assert with_initials(*split_name("Мамедов Али Гасан оглы"), sex="male", case=Case.DATIVE) == "Мамедову А.Г."
    assert with_initials(*split_name("Сидорова"), sex="female", case=Case.DATIVE) == "Сидоровой"
    assert with_initials(*split_name(""), sex="female", case=Case.DATIVE) == ""


@pytest.mark.parametrize(
    ("name", "genitive", "dative"),
    [
        (
            "Одинцовская районная организация ВОИ",
            "Одинцовской районной организации ВОИ",
            "Одинцовской районной организации ВОИ",
        ),
        (
            "Первичная профсоюзная организация школы № 7",
            "Первичной профсоюзной организации школы № 7",
            "Первичной профсоюзной организации школы № 7",
        ),
        (
            "Общероссийский Профсоюз образования",
            "Общероссийского Профсоюза образования",
            "Общероссийскому Профсоюзу образования",
        ),
        ("Верхнее районное отделение", "Верхнего районного отделения", "Верхнему районному отделению"),
        ("Хороший совет", "Хорошего совета", "Хорошему совету"),
        ("ППО МБОУ «СОШ № 7»", "ППО МБОУ «СОШ № 7»", "ППО МБОУ «СОШ № 7»"),
        ("", "", ""),
    ],
)
def test_the_name_of_an_organisation_is_declined_up_to_its_noun(name: str, genitive: str, dative: str) -> None:
    assert (decline_organization(name, Case.GENITIVE), decline_organization(name, Case.DATIVE)) == (genitive, dative)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Одинцовской районной местной организации ВОИ", "Одинцовской районной"),
        ("Одинцовской районной организации ВОИ", "Одинцовской районной"),
        ("Одинцовской районной", "Одинцовской районной"),
        ("", ""),
    ],
)
def test_words_that_the_form_prints_itself_are_not_written_twice(name: str, kept: str) -> None:
    assert without_tail(name, "местной организации ВОИ") == kept
