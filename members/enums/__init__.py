"""Choices and allowed moves of members and their accounting."""

from .cards import *  # noqa: F403
from .life import *  # noqa: F403
