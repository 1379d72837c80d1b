"""Check digits and formats of requisites, papers and contacts (practice 9)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import checks


@pytest.mark.parametrize(
    ("parse", "typed", "value"),
    [
        (checks.parse_inn, "7707083893", "7707083893"),
        (checks.parse_inn, " 5001 0073 2259", "500100732259"),
        (checks.parse_inn, "366220664163", "366220664163"),
        (checks.parse_ogrn, "1027700132195", "1027700132195"),
        (checks.parse_ogrn, "304500116000157", "304500116000157"),
        (checks.parse_snils, "112-233-445 95", "11223344595"),
        (checks.parse_snils, "001-001-998 37", "00100199837"),
        (checks.parse_snils, "087-654-302 00", "08765430200"),
        (checks.parse_kpp, "7702ab001", "7702AB001"),
        (checks.parse_bik, "044525225", "044525225"),
        (checks.parse_okpo, "00032537", "00032537"),
        (checks.parse_okpo, "00040778", "00040778"),
        (checks.parse_oktmo, "45 379 000", "45379000"),
        (checks.parse_phone, "8 (960) 505-72-33", "+79605057233"),
        (checks.parse_phone, "9403014977", "+79403014977"),
        (checks.parse_phone, "+7 495 123 45 67", "+74951234567"),
        (checks.parse_phone, "49952", "4-99-52"),
        (checks.parse_phone, "+375 29 123-45-67", "+375291234567"),
        (checks.parse_email, "Chair@Example.RU", "Chair@example.ru"),
        (checks.parse_passport_series, "45 08", "4508"),
        (checks.parse_passport_number, "№ 123456", "123456"),
        (checks.parse_passport_code, "770001", "770-001"),
        (checks.parse_postcode, "101000", "101000"),
    ],
)
def test_a_valid_value_is_normalised(parse: Callable[[str], str], typed: str, value: str) -> None:
    assert parse(typed) == value


@pytest.mark.parametrize(
    ("parse", "typed", "code"),
    [
        (checks.parse_inn, "7707083894", "inn_check"),
        (checks.parse_inn, "0000000000", "inn_check"),
        (checks.parse_inn, "77070838", "inn_length"),
        (checks.parse_ogrn, "1027700132196", "ogrn_check"),
        (checks.parse_ogrn, "102770013219", "ogrn_length"),
        (checks.parse_snils, "112-233-445 96", "snils_check"),
        (checks.parse_snils, "000-000-000 00", "snils_check"),
        (checks.parse_snils, "1122334459", "snils_length"),
        (checks.parse_kpp, "77020100", "kpp_form"),
        (checks.parse_bik, "144525225", "bik_form"),
        (checks.parse_okpo, "00032538", "okpo_check"),
        (checks.parse_okpo, "0003253", "okpo_form"),
        (checks.parse_oktmo, "4537900", "oktmo_form"),
        (checks.parse_phone, "123", "phone_form"),
        (checks.parse_phone, "1234567890", "phone_form"),
        (checks.parse_phone, "9952342006 доб. 5", "phone_form"),
        (checks.parse_email, "chair@", "email_form"),
        (checks.parse_passport_series, "450", "passport_series_form"),
        (checks.parse_passport_number, "12345", "passport_number_form"),
        (checks.parse_passport_code, "77-001", "passport_code_form"),
        (checks.parse_postcode, "700000", "postcode_form"),
    ],
)
def test_an_invalid_value_is_refused_with_an_explanation(parse: Callable[[str], str], typed: str, code: str) -> None:
    with pytest.raises(checks.CheckFailed) as failed:
        parse(typed)
    assert failed.value.code == code
    assert str(failed.value).endswith(".")


def test_an_account_belongs_to_the_bank_of_its_bik() -> None:
    assert checks.parse_correspondent_account("30101810400000000225", "044525225") == "30101810400000000225"
    keyed = [f"40703810{key}00000000001" for key in range(10)]
    right = [account for account in keyed if _agrees(account)]
    assert len(right) == 1
    for account in right:
        assert checks.parse_account(account, "044525225") == account


def _agrees(account: str) -> bool:
    try:
        return bool(checks.parse_account(account, "044525225"))
    except checks.CheckFailed as failed:
        assert failed.code == "account_check"
        return False


def test_an_account_at_the_treasury_has_no_key() -> None:
    assert checks.parse_account("03214643000000017300", "017003983") == "03214643000000017300"


@pytest.mark.parametrize(
    ("typed", "phones"),
    [
        ("9952342006, дом. 4-99-52", (("+79952342006",), ("4-99-52",))),
        ("моб. 8-912-345-67-89 дом 2-12-12", (("+79123456789",), ("2-12-12",))),
        ("8 (495) 123-45-67", ((), ("+74951234567",))),
        ("89123456789; 89123456780", (("+79123456789", "+79123456780"), ())),
    ],
)
def test_several_numbers_in_one_text_are_separated(typed: str, phones: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    assert checks.parse_phones(typed) == phones


def test_numbers_are_shown_in_one_notation() -> None:
    assert checks.format_phone("+79952342006") == "+7 995 234-20-06"
    assert checks.format_phone("4-99-52") == "4-99-52"
    assert checks.format_phone("+375291234567") == "+375 29 123-45-67"
    assert checks.format_snils("11223344595") == "112-233-445 95"
    assert checks.format_snils("1122") == "1122"


PARSERS = [
    checks.parse_inn, checks.parse_ogrn, checks.parse_snils, checks.parse_kpp, checks.parse_bik, checks.parse_okpo,
    checks.parse_oktmo, checks.parse_phone, checks.parse_phones, checks.parse_email, checks.parse_passport_series,
    checks.parse_passport_number, checks.parse_passport_code, checks.parse_postcode,
    lambda typed: checks.parse_account(typed, typed), lambda typed: checks.parse_account(typed, "044525225"),
    lambda typed: checks.parse_correspondent_account(typed, "044525225"),
]  # fmt: skip


@given(
    st.text()
    | st.text(alphabet="0123456789 -+().,№@", max_size=30)
    | st.text(alphabet=st.characters(categories=["Nd", "Cs", "Cc"]))
)
def test_any_text_is_normalised_or_refused(typed: str) -> None:
    for parse in PARSERS:
        for long in (typed, typed * 2000):
            try:
                parse(long)
            except checks.CheckFailed as failed:
                assert failed.code in checks.MESSAGES


@given(st.integers(min_value=1_001_999, max_value=999_999_999))
def test_every_snils_with_its_own_check_digits_is_right_and_survives_formatting(number: int) -> None:
    nine = f"{number:09}"
    snils = nine + checks.snils_check_digits(nine)
    assert checks.parse_snils(checks.format_snils(snils)) == snils
