"""`python -m tests.house.icons` writes `static/img/icons.svg`, the sprite of the icons that pages use, and the icons of
pills.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from lucide.templatetags.lucide import lucide

ROOT = Path(__file__).resolve().parents[2]
SPRITE = ROOT / "static" / "img" / "icons.svg"
#: Icon of each tone of a pill; each is a separate file, for the style sheet.
PILLS = {"ok": "check", "warn": "clock", "bad": "circle-alert", "info": "info"}
APPS = ("registry", "members", "dues", "documents")
_IN_TEMPLATES = re.compile(r"""(?:\{%-?\s*icon\s+|\bicon=)["']([a-z0-9-]+)["']""")
_FUNCTIONS = {"icon", "icon_named", "optional_icon"}


@cache
def used() -> set[str]:
    """Return the names of the icons that templates and modules name."""
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        found.update(_IN_TEMPLATES.findall(path.read_text(encoding="utf-8")))
    modules = [ast.parse(path.read_text(encoding="utf-8")) for app in APPS for path in (ROOT / app).rglob("*.py")]
    places = dict(place for module in modules for place in _places(module))
    for module in modules:
        found.update(_in_module(module, places))
    return found


def _places(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Return the classes that have a field `icon`, with the index of the field."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            fields = [
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
            if "icon" in fields:
                yield node.name, fields.index("icon")


def _in_module(module: ast.Module, places: Mapping[str, int]) -> Iterator[str]:
    """Return the icon names passed to functions and classes, used as the default of `icon`, or listed in tables called
    `…_ICONS`.
    """
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = 0 if called in _FUNCTIONS else places.get(called)
            if place is not None and len(node.args) > place:
                yield from _words(node.args[place])
            yield from (word for k in node.keywords if k.arg == "icon" for word in _words(k.value))
        elif isinstance(node, ast.FunctionDef):
            defaults = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            yield from (word for a, default in defaults if a.arg == "icon" and default for word in _words(default))
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("_ICONS"):
            assert isinstance(node.value, ast.Dict)
            yield from (word for value in node.value.values for word in _words(value))


def _words(node: ast.expr) -> Iterator[str]:
    """Return the text, or both texts of `"a" if x else "b"`; nothing for any other expression."""
    if isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def sprite(names: set[str]) -> str:
    """Return a sprite of these icons from the Lucide set."""
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{_parts(name)}</symbol>' for name in sorted(names)]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def pill(tone: str) -> str:
    """Return the icon of the tone as a mask: black strokes, a little bolder than those of the sprite."""
    stroke = 'fill="none" stroke="#000" stroke-width="2.75" stroke-linecap="round" stroke-linejoin="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" {stroke}>{_parts(PILLS[tone])}</svg>\n'


def pill_file(tone: str) -> Path:
    """Return the path of the tone's icon."""
    return SPRITE.with_name(f"pill-{tone}.svg")


def _parts(name: str) -> str:
    icon = ElementTree.fromstring(lucide(name, size=None))
    for part in icon:
        part.tail = ""
    return "".join(ElementTree.tostring(part, encoding="unicode").replace(" />", "/>") for part in icon)


if __name__ == "__main__":
    SPRITE.write_text(sprite(used()), encoding="utf-8")
    for tone in PILLS:
        pill_file(tone).write_text(pill(tone), encoding="utf-8")
