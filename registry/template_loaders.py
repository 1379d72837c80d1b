"""Loading templates without their indentation."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Loads our templates without the spaces at the beginning of lines, of which a page of 50 rows has thousands.

    Papers keep theirs. Templates must contain nothing in which spaces matter: no `pre`, no `textarea`, and no
    multi-line `blocktranslate` without `trimmed` (tests/registry/test_template_loaders.py).
    """

    def get_contents(self, origin: Origin) -> str:
        """Return the text of the template; line numbers are unchanged."""
        text: str = super().get_contents(origin)
        paper = str(origin.template_name).startswith("prints/")
        return text if paper else _INDENTATION.sub("\n", text)
