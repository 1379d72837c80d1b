"""Pictures of fixed forms: a photograph replaces the placeholder in the form's layout.

The layout engine's own functions determine its object, size and crop, so they are the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, NamedTuple

from PIL import Image, UnidentifiedImageError
from weasyprint.formatting_structure import boxes
from weasyprint.images import RasterImage
from weasyprint.layout.replaced import replacedbox_layout

from .slots import PICTURE, SLOT
from .tagging import children_of

#: Operators that place and draw a picture.
_MOVED = re.compile(rb"1 0 0 1 \S+ \S+ cm")
_SCALED = re.compile(rb"\S+ 0 0 -\S+ 0 \S+ cm")
_DRAWN = re.compile(rb"/i(\w+)[01] Do")
#: Maximum length of a picture's longest side in dots; larger ones need the layout engine.
_MAX_SIDE = 10_000


class NotPlaced(Exception):
    """Raised if the picture has to be laid out by the layout engine."""


class Place(NamedTuple):
    """The position of a picture, and how it is fitted (pixels)."""

    value: int
    x: float
    y: float
    width: float
    height: float
    fit: str
    position: tuple[str, Any, str, Any]
    resolution: float
    font_size: float
    is_smoothed: bool


class Picture(NamedTuple):
    """A picture of a sheet, read like the layout engine reads it."""

    digest: bytes
    image: RasterImage

    def objects(self, *, is_smoothed: bool) -> tuple[Any, Any]:
        """Return the stream of the picture, and that of its mask or None."""
        found = self.image.get_x_object(is_smoothed, 1)
        return found, found.extra.pop("SMask", None)

    def drawn(self, place: Place, name: bytes) -> bytes:
        """Return the operators that draw the picture at the place."""
        box = SimpleNamespace(
            style={
                "object_fit": place.fit,
                "object_position": (place.position,),
                "image_resolution": place.resolution,
                "font_size": place.font_size,
            },
            replacement=self.image,
            width=place.width,
            height=place.height,
            content_box_x=lambda: place.x,
            content_box_y=lambda: place.y,
        )
        width, height, x, y = replacedbox_layout(box)
        parts = (x, y, width, height, height, name)
        return b"1 0 0 1 %.6f %.6f cm\nq\n%.6f 0 0 -%.6f 0 %.6f cm\n/%b Do\nQ" % parts


def read_picture(data: bytes) -> Picture:
    """Return the picture, whose pixels are only read when it is written. Raises `NotPlaced`."""
    digest = sha256(data).hexdigest()[:32]
    try:
        opened = Image.open(io.BytesIO(data))
        if not 0 < min(opened.size) <= max(opened.size) <= _MAX_SIDE:
            raise NotPlaced("size")
        return Picture(digest.encode(), RasterImage(opened, digest, data, orientation="from-image"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotPlaced("not a picture") from error


def placeholder() -> bytes:
    """Return the placeholder picture for the layout of a form."""
    made = io.BytesIO()
    Image.new("L", (1, 1)).save(made, "PNG")
    return made.getvalue()


class Found(NamedTuple):
    """A picture in the content of a page: its position, its operators, and the name of its object."""

    place: Place
    begin: int
    end: int
    name: str


def pictures_in(page: Any, stream: Sequence[Any]) -> list[Found]:
    """Return the pictures of a page that are values. Raises `NotPlaced`."""
    drawn: dict[str, int] = {}
    for at, part in enumerate(stream):
        found = _DRAWN.fullmatch(part) if isinstance(part, bytes) else None
        if found:
            drawn[found[1].decode()] = at
    return [_found(box, drawn, stream) for box in _boxes(page)]


def _boxes(box: Any) -> Iterator[Any]:
    for child in children_of(box):
        is_picture = isinstance(child, boxes.ReplacedBox) and child.element is not None
        if is_picture and (child.element.get(SLOT) or "").startswith(PICTURE):
            yield child
        yield from _boxes(child)


def _found(box: Any, drawn: Mapping[str, int], stream: Sequence[Any]) -> Found:
    style = box.style
    for side in ("width", "height"):
        # If a side depends on the picture or its surroundings, only the layout engine can find it.
        if getattr(style[side], "unit", "") != "px":
            raise NotPlaced("a side that is not fixed")
    position = style["object_position"][0]
    if not all(hasattr(part, "unit") for part in position[1::2]) or box.replacement.id not in drawn:
        raise NotPlaced("another position")
    at = drawn[box.replacement.id]
    moved, begun, scaled = stream[at - 3 : at]
    if not (_MOVED.fullmatch(moved) and begun == b"q" and _SCALED.fullmatch(scaled) and stream[at + 1] == b"Q"):
        raise NotPlaced("other operators")
    is_smoothed = style["image_rendering"] == "auto"
    place = Place(
        int(box.element.get(SLOT).partition(" ")[2]), box.content_box_x(), box.content_box_y(), box.width, box.height,
        style["object_fit"], position, style["image_resolution"], style["font_size"], is_smoothed,
    )  # fmt: skip
    return Found(place, at - 3, at + 1, f"i{box.replacement.id}{int(is_smoothed)}")
