#!/usr/bin/env python
"""Command line of the registry; settings come from DJANGO_SETTINGS_MODULE (default: development)."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.development")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
