"""Fernet tokens of files, written and read in pieces, because `Fernet` needs six copies of the data in memory.

A file has the same format as the result of `Fernet.encrypt` (version, time, vector, AES-128-CBC, HMAC-SHA256, in
URL-safe base64), so `Fernet` can read it and this module reads tokens of `Fernet`.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.padding import PKCS7

#: Size of a piece in bytes: whole groups of base64 (4 letters, 3 bytes) and whole blocks of the cipher (16 bytes).
PIECE = 3 * 4 * 16 * 4096
_VERSION, _VECTOR, _SIGNATURE, _BLOCK = b"\x80", 16, 32, 16
#: Number of bytes before the encrypted data: version, time and vector.
_HEAD = len(_VERSION) + 8 + _VECTOR


def write(data: bytes | IO[bytes] | Iterator[bytes], key: str | bytes, file: IO[bytes]) -> None:
    """Write the token of the data, of an open file or of pieces of any size to the file."""
    left = b""
    for piece in _sealed(_cut(data), key):
        left += piece
        whole = len(left) - len(left) % 3
        file.write(base64.urlsafe_b64encode(left[:whole]))
        left = left[whole:]
    file.write(base64.urlsafe_b64encode(left))


def read(file: IO[bytes], keys: Sequence[str | bytes]) -> bytes:
    """Return the data of the token in the file. Raises `InvalidToken` without a matching key, or if it was changed."""
    found = bytearray()
    for piece in pieces(file, keys):
        found += piece
    return bytes(found)


def pieces(file: IO[bytes], keys: Sequence[str | bytes]) -> Iterator[bytes]:
    """Yield the data of the token in the file in pieces; the file stays open until the last one.

    Raises `InvalidToken` at once without a matching key, or if it was changed.
    """
    for key in keys:
        signing, encryption = _halves(key)
        if _is_signed(_opened(file), signing):
            return _decrypted(_opened(file), encryption)
    raise InvalidToken


def _cut(data: bytes | IO[bytes] | Iterator[bytes]) -> Iterator[bytes]:
    """Yield the data in pieces of equal size."""
    if isinstance(data, bytes):
        yield from (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    elif hasattr(data, "read"):
        while piece := data.read(PIECE):
            yield piece
    else:
        yield from data


def _sealed(data: Iterator[bytes], key: str | bytes) -> Iterator[bytes]:
    signing, encryption = _halves(key)
    vector = os.urandom(_VECTOR)
    encryptor, padder = Cipher(AES(encryption), CBC(vector)).encryptor(), PKCS7(8 * _BLOCK).padder()
    signature = HMAC(signing, SHA256())
    head = _VERSION + int(time.time()).to_bytes(8, "big") + vector
    signature.update(head)
    yield head
    for clear in data:
        piece = encryptor.update(padder.update(clear))
        signature.update(piece)
        yield piece
    piece = encryptor.update(padder.finalize()) + encryptor.finalize()
    signature.update(piece)
    yield piece
    yield signature.finalize()


def _opened(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the decoded bytes of the token from its start. Raises `InvalidToken` for characters outside of base64."""
    file.seek(0)
    while letters := file.read(PIECE):
        try:
            yield base64.b64decode(letters, altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidToken from error


def _is_signed(pieces: Iterable[bytes], signing: bytes) -> bool:
    """Return whether the token has the known version and is signed with the key."""
    signature, last, count = HMAC(signing, SHA256()), b"", 0
    for piece in pieces:
        if count == 0 and not piece.startswith(_VERSION):
            return False
        count += len(piece)
        last += piece
        signature.update(last[:-_SIGNATURE])
        last = last[-_SIGNATURE:]
    try:
        signature.verify(last)
    except InvalidSignature:
        return False
    return count >= _HEAD + _BLOCK + _SIGNATURE


def _decrypted(sealed: Iterator[bytes], encryption: bytes) -> Iterator[bytes]:
    """Yield the decrypted data of a verified token."""
    held = next(sealed)
    vector, held = held[_HEAD - _VECTOR : _HEAD], held[_HEAD:]
    decryptor, unpadder = Cipher(AES(encryption), CBC(vector)).decryptor(), PKCS7(8 * _BLOCK).unpadder()
    try:
        for piece in sealed:
            held += piece
            yield unpadder.update(decryptor.update(held[:-_SIGNATURE]))
            held = held[-_SIGNATURE:]
        yield unpadder.update(decryptor.update(held[:-_SIGNATURE]) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise InvalidToken from error


def _halves(key: str | bytes) -> tuple[bytes, bytes]:
    """Return the two halves of the key: for signing and for encryption."""
    raw = base64.urlsafe_b64decode(key)
    return raw[:_BLOCK], raw[_BLOCK:]
