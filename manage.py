#!/usr/bin/env python
"""Command line of the registry (registry/__main__.py)."""

from registry.__main__ import main

if __name__ == "__main__":
    main()
