"""Rules of governing bodies: meetings and agendas, votes, decisions and appeals."""

from .deciding import *  # noqa: F403
from .planning import *  # noqa: F403
