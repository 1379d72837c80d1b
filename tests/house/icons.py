"""`python -m tests.house.icons`: write the sprite of the icons that pages use, `static/img/icons.svg`."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import django
from lucide.templatetags.lucide import lucide

ROOT = Path(__file__).resolve().parents[2]
SPRITE = ROOT / "static" / "img" / "icons.svg"
APPS = ("registry", "members", "dues", "documents")
_IN_TEMPLATES = re.compile(r"""(?:\{%\s*icon\s+|\bicon=)["']([a-z0-9-]+)["']""")


def used() -> set[str]:
    """Return the names of the icons that templates, components and the navigation name."""
    # Django is set up first.
    from registry.components.icons import MESSAGE_ICONS, PILL_ICONS  # noqa: PLC0415
    from registry.context_processors import NAVIGATION  # noqa: PLC0415

    found = {*MESSAGE_ICONS.values(), *PILL_ICONS.values(), *(entry.icon for entry in NAVIGATION)}
    for path in (ROOT / "templates").rglob("*.html"):
        found.update(_IN_TEMPLATES.findall(path.read_text(encoding="utf-8")))
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found.update(_in_module(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _in_module(tree: ast.Module) -> Iterator[str]:
    """Names given to a function of icons, or as `icon=`, or as the value that `icon` has by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in {"icon", "icon_named", "optional_icon"} and node.args:
                yield from _words(node.args[0])
            for keyword in node.keywords:
                if keyword.arg == "icon":
                    yield from _words(keyword.value)
        elif isinstance(node, ast.FunctionDef):
            named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            for argument, default in named:
                if argument.arg == "icon" and default is not None:
                    yield from _words(default)


def _words(node: ast.expr) -> Iterator[str]:
    """Return the text, or both texts of `"a" if x else "b"`; nothing of an expression that is worked out."""
    if isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def sprite(names: set[str]) -> str:
    """Return a sprite of these icons of the Lucide set."""
    symbols = []
    for name in sorted(names):
        icon = ElementTree.fromstring(lucide(name, size=None))
        for part in icon:
            part.tail = ""
        parts = "".join(ElementTree.tostring(part, encoding="unicode").replace(" />", "/>") for part in icon)
        symbols.append(f'<symbol id="{name}" viewBox="{icon.attrib["viewBox"]}">{parts}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.testing")
    django.setup()
    SPRITE.write_text(sprite(used()), encoding="utf-8")
