"""Signatures by Standard Webhooks: creation, comparison, expiry (U-7)."""

from __future__ import annotations

import pytest

from documents.exchange import signing

from .programme import OTHER_SECRET, SECRET

NOW = 1_700_000_000
SIGNED = signing.signatures([SECRET], "msg.1", NOW, b"{}")


def is_signed(**changed: object) -> bool:
    given = {"message_id": "msg.1", "timestamp": str(NOW), "body": b"{}", "now": NOW, **changed}
    return signing.is_signed([SECRET], SIGNED, **given)  # type: ignore[arg-type]


def test_u7_a_signature_is_the_one_of_the_published_example() -> None:
    """The example of the specification of Standard Webhooks."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    made = signing.signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "changed",
    [
        {"message_id": "msg.2"}, {"body": b"{ }"}, {"timestamp": str(NOW + 1)}, {"timestamp": "now"},
        {"timestamp": "-1"}, {"timestamp": ""}, {"timestamp": "9" * 13},
    ],
)  # fmt: skip
def test_u7_what_was_changed_on_the_way_is_not_signed(changed: dict[str, object]) -> None:
    assert is_signed() is True
    assert is_signed(**changed) is False


@pytest.mark.parametrize(("later", "holds"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_u7_a_signature_holds_five_minutes(later: int, holds: bool) -> None:
    assert is_signed(now=NOW + later) is holds


def test_u7_while_a_secret_is_replaced_both_sign() -> None:
    both = signing.signatures([OTHER_SECRET, SECRET], "msg.1", NOW, b"{}")
    assert both.split()[1] == SIGNED
    for secret, signed in ((SECRET, True), (OTHER_SECRET, True), (signing.new_secret(), False)):
        found = signing.is_signed([secret], both, message_id="msg.1", timestamp=str(NOW), body=b"{}", now=NOW)
        assert found is signed


@pytest.mark.parametrize(
    ("secret", "right"),
    [
        (SECRET, True), (SECRET.removeprefix("whsec_"), False), ("whsec_", False), ("whsec_!!!!", False),
        ("whsec_" + "MDEy" * 7, False), ("whsec_" + "MDEy" * 8, True), ("whsec_" + "MDEy" * 22, False),
    ],
)  # fmt: skip
def test_u7_a_secret_has_24_to_64_bytes(secret: str, right: bool) -> None:
    if right:
        assert 24 <= len(signing.key_of(secret)) <= 64
    else:
        with pytest.raises(ValueError):
            signing.key_of(secret)


def test_u7_new_secrets_differ_and_are_secrets() -> None:
    one, two = signing.new_secret(), signing.new_secret()
    assert (one != two, len(signing.key_of(one))) == (True, 32)
