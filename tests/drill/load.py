"""Run as a process in a tree of the repository: `python -m tests.drill.load PEOPLE FILES` registers people.

The tree of the former release gets this file too; it uses only what both have.
"""

from __future__ import annotations

import itertools
import os
import sys

import django

#: Bytes of a scan.
SCAN = 60_000


def main(people: int, files: int) -> None:
    """A federation with a region and local organisations of a hundred people each, and scans."""
    from registry.enums import Level
    from registry.files import storage
    from registry.files.enums import FilePurpose
    from tests.registry import trees

    # Other numbers than those of the tests that come later.
    trees._numbers = itertools.count(100_000)
    region = trees.below(trees.head("voi", code="drill"), Level.REGIONAL, "Заречная РО ВОИ")
    for first in range(0, people, 100):
        keeper = trees.below(region, Level.LOCAL, f"МО ВОИ № {first // 100 + 1}")
        trees.members(keeper, min(100, people - first))
        trees.officer(keeper)
    for number in range(files):
        storage.store_file(
            os.urandom(SCAN), purpose=FilePurpose.JOB_RESULT, name=f"{number}.pdf", content_type="application/pdf"
        )


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
