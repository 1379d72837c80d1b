"""A separate process that reads one file within limits of memory and time, so that the server is not affected.

`read_apart` starts it and `main` runs in it: the file is read from standard input, the sheets are written as JSON.
"""

from __future__ import annotations

import datetime
import json
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from .raw import Merged, Refused, Row, Sheet

MAX_MEMORY = 512 * 1024 * 1024
#: Maximum seconds of work; on a busy server they take longer, and a server process also waits for its turn.
MAX_SECONDS = 10
MAX_WAIT = 30
#: Each may take all of its memory, so each server process runs one at a time.
_TURN = threading.BoundedSemaphore(1)
_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = "import sys; sys.path.insert(0, sys.argv[1]); from registry.spreadsheets.formats import child; child.main()"


def read_apart(kind: str, data: bytes, *, seconds: int = MAX_SECONDS) -> list[Sheet]:
    """Return the sheets of a file, read by another process within `seconds` of work. Raises `Refused`."""
    command = [sys.executable, "-I", "-c", _COMMAND, str(_ROOT), str(seconds), kind]
    most = MAX_WAIT + seconds if seconds > MAX_SECONDS else MAX_WAIT
    if not _TURN.acquire(timeout=MAX_WAIT):
        raise Refused("busy")
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=most, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refused("too_slow") from None
    finally:
        _TURN.release()
    if done.returncode < 0:
        # Killed for exceeding its time, or aborted by the library for old workbooks.
        raise Refused("too_slow" if -done.returncode in _KILLED else "damaged")
    if done.returncode:
        raise Refused("damaged")
    told = json.loads(done.stdout)
    if "refused" in told:
        code, params = told["refused"]
        raise Refused(code, **params)
    return [unpack(sheet) for sheet in told["sheets"]]


_KILLED = frozenset({9, 24})


def main() -> None:
    """Read the file in the format of the last argument, within the seconds of the one before; print its sheets or the
    refusal.
    """
    seconds = int(sys.argv[-2])
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    from .kinds import read_kind  # noqa: PLC0415 - the libraries count within the limits

    try:
        told: dict[str, Any] = {"sheets": [pack(s) for s in read_kind(sys.argv[-1], sys.stdin.buffer.read())]}
    except Refused as refusal:
        told = {"refused": [refusal.code, refusal.params]}
    except MemoryError:
        told = {"refused": ["bomb", {}]}
    except BaseException:  # noqa: BLE001 - the panics of a library are no Exceptions
        told = {"refused": ["damaged", {}]}
    # Unescaped, because escaped Russian letters would take three times the memory in the server.
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))


def pack(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as values of JSON."""
    return {
        "name": sheet.name,
        "rows": [[row.number, [_tag(cell) for cell in row.cells], row.struck, row.hidden] for row in sheet.rows],
        "hidden": sorted(sheet.hidden),
        "merged": [[one.first, one.last, one.column] for one in sheet.merged],
        "concealed": sheet.concealed,
        "fault": sheet.fault,
        "since_1904": sheet.since_1904,
    }


def unpack(told: dict[str, Any]) -> Sheet:
    """Return the sheet written by `pack`."""
    late = told["since_1904"]
    return Sheet(
        told["name"],
        [
            Row(number, tuple(map(_untag, cells)), tuple(struck), hidden, since_1904=late)
            for number, cells, struck, hidden in told["rows"]
        ],
        frozenset(told["hidden"]),
        [Merged(*one) for one in told["merged"]],
        told["concealed"],
        (told["fault"][0], told["fault"][1]) if told["fault"] else None,
        late,
    )


def _tag(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime):
        return {"moment": cell.isoformat()}
    return {"day": cell.isoformat()} if isinstance(cell, datetime.date) else cell


def _untag(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "moment" in cell:
        return datetime.datetime.fromisoformat(cell["moment"])
    return datetime.date.fromisoformat(cell["day"])
