"""Directories of templates, style sheets and guides: beside the code, or inside the installed package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IS_CHECKOUT = (ROOT / "templates").is_dir() and (ROOT / "pyproject.toml").is_file()
#: Has `templates`, `static` and `docs` (pyproject.toml, hatch_build.py).
DATA = ROOT if IS_CHECKOUT else ROOT / "registry" / "data"
