"""`python -m tests.benchmarks.run [--people N] [--year | --papers N | --sheets N | --big N | --blanks N | --cards N |
--dues N | --bank N | --society N]`: measures the time and the queries of pages and of long operations.

Without an option: SQLite, one organisation of the society first with few people, then with `--people`.
`--year`: a book, an admission, a reconciliation and tickets of one organisation, on SQLite.
`--big N`: PostgreSQL, a union of N people with a proportional number of organisations, viewed by chairs of each level;
with `--rows` also the rows that their pages read. `--blanks N`: a society with N blanks in `--organizations` (2,500),
and its balances. `--cards N`: electronic cards for N members, from the order to the hand-out, and the messages about
them. `--dues N`: a society of N people, the annual charges of three years, a payment register of 500 lines and the
report of dues of a region. `--bank N`: a bank statement of 5,000 payments for N people. `--society N`: the pages of
supervision over N people in N / 50 organisations, with tickets and dues; with `--charge` the charge of the next year
by one worker and by two. `--keep DIRECTORY`: a union or a society is built once, and measured again by the next run.
`--papers N`: every form for N people, and lists of 500 lines. `--sheets N`: consents and cards of N people, by one job
each. Database and files are in a directory that is deleted at the end, unless it is kept.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.benchmarks import measure


def main() -> int:
    """Prepare the temporary installation, then measure; return 1 if a figure exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5000, help="people in the organisation (5000)")
    parser.add_argument("--few", type=int, default=500, help="people at the first measurement (500)")
    parser.add_argument("--repeats", type=int, default=5, help="runs of which the median is shown (5)")
    parser.add_argument("--big", type=int, metavar="N", help="a federation of N people on PostgreSQL instead")
    parser.add_argument("--blanks", type=int, metavar="N", help="a federation of N blanks on PostgreSQL instead")
    parser.add_argument("--cards", type=int, metavar="N", help="electronic cards of N members on PostgreSQL instead")
    parser.add_argument("--dues", type=int, metavar="N", help="the annual charge of N people on PostgreSQL instead")
    parser.add_argument("--bank", type=int, metavar="N", help="a bank statement for N people on PostgreSQL instead")
    parser.add_argument("--society", type=int, metavar="N", help="the overview of a society of N people instead")
    parser.add_argument("--charge", action="store_true", help="of --society: its year's charge instead")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="keep what is built there for further runs")
    parser.add_argument("--rows", action="store_true", help="of --big: what each page reads of the tables, too")
    parser.add_argument("--organizations", type=int, default=0, help="as many organisations (one to 57 people)")
    parser.add_argument("--year", action="store_true", help="the book, an admission and a reconciliation instead")
    parser.add_argument("--papers", type=int, metavar="N", help="every form for N people instead, and long lists")
    parser.add_argument(
        "--sheets", type=int, metavar="N", help="consents and cards of N people instead, by one job each"
    )
    parser.add_argument("--pages-only", action="store_true", help="leave out imports and printing")
    parser.add_argument("--cpu", action="store_true", help="count the processor's time instead of the wall clock's")
    options = parser.parse_args()
    if options.cpu:
        measure.CLOCK[0] = time.process_time
        # The moved clock only affects this process.
        os.environ["PRINT_PROCESSES"] = "1"
    with tempfile.TemporaryDirectory(prefix="registry-benchmark-") as directory:
        if not (options.big or options.blanks or options.cards or options.dues or options.bank or options.society):
            _installation(f"sqlite:///{directory}/registry.sqlite3", directory)
            from tests.benchmarks import organization, papers, sheets, year

            if options.sheets:
                return sheets.run(options)
            if options.papers:
                return papers.run(options)
            return year.run(options) if options.year else organization.run(options)
        from tests import postgres

        with postgres.kept(options.keep / "postgres") if options.keep else postgres.cluster() as url:
            _installation(url, options.keep or directory)
            from tests.benchmarks import bank, blanks, cards, charging, dues, federation, supervision

            if options.bank:
                return bank.run(options)
            if options.society:
                return (charging if options.charge else supervision).run(options)
            if options.dues:
                return dues.run(options)
            if options.cards:
                return cards.run(options)
            return blanks.run(options) if options.blanks else federation.run(options)


def _installation(url: str, directory: str | Path) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "registry.settings.development",
        "DATABASE_URL": url,
        "REGISTRY_VAR": str(Path(directory) / "var"),
        "ALLOWED_HOSTS": "testserver",
        "DEBUG": "off",
    }
    django.setup()
    logging.disable(logging.ERROR)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
