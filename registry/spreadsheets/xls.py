"""Read an old .xls file from standard input and print its sheets as JSON; runs as a separate process.

The library expands a sheet to a full rectangle, so that one far cell costs a gigabyte, and it may abort on a
broken file. The limits of this process contain both, and the server goes on.
"""

import datetime
import io
import json
import resource
import sys
from typing import Any

import python_calamine

MAX_MEMORY = 512 * 1024 * 1024
MAX_SECONDS = 15


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date):
        return {"date": value.isoformat()[:10]}
    if isinstance(value, datetime.time | datetime.timedelta):
        return str(value)
    return value


def main(max_rows: int, max_columns: int) -> int:
    """Print the sheets. Return 3 for a file with a password and 4 for one that cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    sheets = []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in book.sheet_names:
            rows = []
            sheet = book.get_sheet_by_name(name)
            left = sheet.start[1] if sheet.start else 0
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                if any(cell != "" for cell in cells):
                    rows.append([number, [""] * left + [_plain(cell) for cell in cells[:max_columns]]])
                if len(rows) > max_rows:
                    break
            sheets.append([name, rows])
    except python_calamine.PasswordError:
        return 3
    except BaseException:  # noqa: BLE001 - the library's panics are no Exceptions
        return 4
    json.dump(sheets, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
