"""Tasks of people on the start page; the providers of each module register themselves."""

from . import applications, cards, meetings, moves, year  # noqa: F401 - see above
