"""Templates are indented for those who read them; pages are sent without the indentation."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Loads our templates without the spaces at the beginning of lines, which a page of 50 rows has thousands of.

    Papers keep theirs. A template must hold nothing in which spaces count: no `pre`, no `textarea`, and no
    `blocktranslate` of several lines without `trimmed` (tests/registry/test_template_loaders.py).
    """

    def get_contents(self, origin: Origin) -> str:
        """Return the text of the template; its lines keep their numbers."""
        text: str = super().get_contents(origin)
        paper = str(origin.template_name).startswith("prints/")
        return text if paper else _INDENTATION.sub("\n", text)
