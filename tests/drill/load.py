"""Registers people: run as `python -m tests.drill.load PEOPLE FILES` in a tree of the repository.

This file is also copied into the tree of the former release, so it uses only what both releases have.
"""

from __future__ import annotations

import itertools
import os
import sys

import django

#: Size of a scan in bytes.
SCAN = 60_000


def main(people: int, files: int) -> None:
    """Create a federation, its region and local organisations of 100 people each, and store scans."""
    from registry.enums import Level
    from registry.files import storage
    from registry.files.enums import FilePurpose
    from tests.registry import trees

    # Numbers that do not collide with those of later tests.
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
