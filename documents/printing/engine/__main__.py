"""`python -m documents.printing.engine NUMBER`: a worker process that runs tasks from a pipe (`workers`)."""

import logging
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from .sheets import Sheets, Volume
from .workers import done


def _done(task: Sheets | Volume) -> bytes | BaseException:
    try:
        return done(task)
    except BaseException as error:  # noqa: BLE001 - raised again in the parent process
        return error


def main() -> None:
    """Run tasks until the parent's end of the pipe is closed, even if the parent was killed."""
    # Warnings of the layout engine may quote the printed data.
    logging.disable(logging.WARNING)
    pipe = Connection(int(sys.argv[1]))
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_done(pipe.recv()))


if __name__ == "__main__":
    main()
