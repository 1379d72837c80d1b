"""`python -m documents.printing.engine NUMBER`: a worker process that renders sheets from a pipe (`workers`)."""

import logging
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from .layout import lay_out
from .sheets import Sheets


def _render(sheets: Sheets) -> bytes | BaseException:
    try:
        return lay_out(sheets)
    except BaseException as error:  # noqa: BLE001 - raised again in the parent process
        return error


def main() -> None:
    """Render sheets until the parent's end of the pipe is closed, also because the parent was killed."""
    # Warnings of the layout engine may quote the printed data.
    logging.disable(logging.WARNING)
    pipe = Connection(int(sys.argv[1]))
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_render(pipe.recv()))


if __name__ == "__main__":
    main()
