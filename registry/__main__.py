"""The command line of the registry: `python -m registry`, `registry-manage` of an installed package, and manage.py."""

import gc
import os
import sys

from registry.environment import EnvironmentFileError, load_environment


def main() -> None:
    """Run the command; settings come from DJANGO_SETTINGS_MODULE (default: development)."""
    # `migrate` spends a third of its time in the garbage collector otherwise: it makes many small models that stay.
    gc.set_threshold(50_000, 20, 50)
    try:
        load_environment()
    except EnvironmentFileError as error:
        sys.exit(str(error))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.development")
    # The environment has to be complete before Django is imported.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
