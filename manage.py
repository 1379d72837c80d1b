#!/usr/bin/env python
"""Command line of the registry; settings come from DJANGO_SETTINGS_MODULE (default: development)."""

import gc
import os
import sys

if __name__ == "__main__":
    # Looking for garbage takes a third of the time of `migrate` otherwise: its models are many, small and stay.
    gc.set_threshold(50_000, 20, 50)
    from registry.environment import EnvironmentFileError, load_environment

    try:
        load_environment()
    except EnvironmentFileError as error:
        sys.exit(str(error))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
