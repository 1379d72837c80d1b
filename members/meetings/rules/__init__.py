"""When a governing body can meet, vote and decide: of a meeting and its agenda, and of a decision and an appeal."""

from .deciding import *  # noqa: F403
from .planning import *  # noqa: F403
