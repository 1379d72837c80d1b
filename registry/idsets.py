"""Sets of ids as short texts, such as the people in an export: about three letters for each id of some thousands."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from itertools import accumulate, pairwise


def packed(ids: Iterable[int]) -> str:
    """Return the set as a text: the differences between sorted ids, compressed. Equal sets give equal texts."""
    steps = [after - before for before, after in pairwise([0, *sorted(set(ids))])]
    return base64.b64encode(zlib.compress(struct.pack(f"<{len(steps)}Q", *steps), 9)).decode()


def is_in(packed_ids: str, pk: int) -> bool:
    """Return whether the set packed by `packed` contains the id."""
    data = zlib.decompress(base64.b64decode(packed_ids))
    return pk in accumulate(struct.unpack(f"<{len(data) // 8}Q", data))
