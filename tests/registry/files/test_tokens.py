"""Files are Fernet tokens that are written and read in pieces."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from registry.files import tokens

KEYS = [Fernet.generate_key().decode() for _ in range(2)]
#: Sizes around the ends of a block, of a base64 group, and of a piece.
LENGTHS = [0, 1, 2, 3, 15, 16, 17, 47, 48, *(tokens.PIECE + n for n in (-49, -17, -16, -1, 0, 1, 16)), 2 * tokens.PIECE]


def written(data: bytes, key: str = KEYS[0]) -> bytes:
    file = io.BytesIO()
    tokens.write(data, key, file)
    return file.getvalue()


@pytest.mark.parametrize("length", LENGTHS)
def test_fernet_reads_our_tokens_and_we_read_those_of_fernet(length: int) -> None:
    data = bytes(n % 251 for n in range(256)) * (length // 256 + 1)
    data = data[:length]
    assert MultiFernet([Fernet(key) for key in KEYS]).decrypt(written(data)) == data
    assert tokens.read(io.BytesIO(Fernet(KEYS[1]).encrypt(data)), KEYS) == data
    assert tokens.read(io.BytesIO(written(data)), KEYS) == data


def test_two_tokens_of_the_same_data_differ() -> None:
    assert written(b"data") != written(b"data")


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(InvalidToken):
        tokens.read(io.BytesIO(written(b"data")), KEYS[1:])


@pytest.mark.parametrize("length", [5, tokens.PIECE + 5])
def test_a_token_that_was_changed_anywhere_is_refused(length: int) -> None:
    token = written(b"\0" * length)
    places = (0, 5, 20, 40, len(token) // 2, len(token) - 30, len(token) - 8)
    for at in places:
        other = b"A" if token[at : at + 1] != b"A" else b"B"
        with pytest.raises(InvalidToken):
            tokens.read(io.BytesIO(token[:at] + other + token[at + 1 :]), KEYS)
    for wrong in (b"", b"gAAAAA==", token[:-4], token[4:], token + b"AAAA", b"!" + token[1:]):
        with pytest.raises(InvalidToken):
            tokens.read(io.BytesIO(wrong), KEYS)


def test_a_file_needs_at_most_the_memory_of_one_more_copy() -> None:
    data = bytes(10 * tokens.PIECE)

    class Nowhere(io.BytesIO):
        def write(self, letters: object) -> int:
            return 0

    tracemalloc.start()
    try:
        tokens.write(data, KEYS[0], Nowhere())
        assert tracemalloc.get_traced_memory()[1] < len(data)
    finally:
        tracemalloc.stop()
