"""Registers the tasks of the app's packages."""

from .consents import tasks as consents_tasks  # noqa: F401
from .ecards import tasks as ecards_tasks  # noqa: F401
from .exchange import tasks as exchange_tasks  # noqa: F401
from .printing import tasks as printing_tasks  # noqa: F401
from .rights import tasks as rights_tasks  # noqa: F401
from .tickets import tasks as tickets_tasks  # noqa: F401
