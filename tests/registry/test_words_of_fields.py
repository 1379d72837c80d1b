"""Messages of fields about wrong values, in Russian: the error and the remedy."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation


def said(field: forms.Field, value: Any) -> list[str]:
    """Return the refusal of the field, in Russian."""
    with translation.override("ru"), pytest.raises(ValidationError) as refused:
        field.clean(value)
    return refused.value.messages


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (forms.CharField(), "", "Заполните это поле."),
        (forms.CharField(max_length=1), "аб", "Слишком длинно: помещается 1 знак, а здесь 2. Сократите."),
        (forms.CharField(max_length=3), "абвг", "Слишком длинно: помещается 3 знака, а здесь 4. Сократите."),
        (forms.CharField(max_length=11), "а" * 12, "Слишком длинно: помещается 11 знаков, а здесь 12. Сократите."),
        (forms.CharField(min_length=5), "а", "Слишком коротко: нужно хотя бы 5 знаков, а здесь 1. Допишите."),
        (forms.CharField(), "а\0", "В тексте есть непечатаемые знаки. Наберите его заново."),
        (forms.IntegerField(min_value=2), "1", "Введите число не меньше 2."),
        (forms.IntegerField(max_value=2), "3", "Введите число не больше 2."),
        (forms.IntegerField(), "три", "Введите целое число."),
        (forms.DecimalField(), "три", "Введите число цифрами, например 12 или 12,5."),
        (forms.DecimalField(max_digits=2), "123", "Слишком большое число: в нём больше 2 цифр. Проверьте его."),
        (forms.DecimalField(decimal_places=1), "1.23", "После запятой — не больше 1 цифры."),
        (forms.TimeField(), "99:99", "Введите время часами и минутами: 15:30."),
        (forms.EmailField(), "иванова", "Введите адрес целиком, например ivanova@example.ru."),
        (forms.URLField(assume_scheme="https"), "сайт", "Введите адрес сайта целиком, например https://example.ru."),
        (forms.ChoiceField(choices=[("1", "один")]), "2", "Значения «2» в списке нет. Выберите другое."),
        (forms.FileField(), SimpleUploadedFile("список.xlsx", b""), "Файл пуст. Выберите другой."),
        (
            forms.FileField(max_length=4), SimpleUploadedFile("список.xlsx", b"1"),
            "Имя файла длиннее 4 знаков (в нём 11). Переименуйте файл короче и выберите снова.",
        ),
    ],
)  # fmt: skip
def test_n_s2_a_refused_field_says_what_to_do(field: forms.Field, value: Any, words: str) -> None:
    assert said(field, value) == [words]
