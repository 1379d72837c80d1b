"""`python -m documents.printing.engine NUMBER`: a press, which lays out what comes through that pipe (`presses`)."""

import logging
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from .layout import lay_out
from .sheets import Sheets


def _answer(sheets: Sheets) -> bytes | BaseException:
    try:
        return lay_out(sheets)
    except BaseException as error:  # noqa: BLE001 - it is raised where the sheets were handed over
        return error


def main() -> None:
    """Answer until the owner's end of the pipe is closed, as it also is when he is killed."""
    # Warnings of the engine may quote what is printed.
    logging.disable(logging.WARNING)
    pipe = Connection(int(sys.argv[1]))
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_answer(pipe.recv()))


if __name__ == "__main__":
    main()
