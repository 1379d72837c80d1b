"""The photo form.

Checks the content, rotates it upright, crops it to 3×4 and encodes it again (V-B1, practice 9.13).
"""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image

from registry.checks import MAX_PIXELS, MAX_UPLOAD_BYTES, NoTurn, a_turn, is_whole_picture
from registry.widgets import CropInput

#: Size of the stored photo, in pixels.
WIDTH, HEIGHT = 600, 800
#: Minimum size of the uploaded picture, in pixels.
MIN_WIDTH, MIN_HEIGHT = 300, 400
_QUALITY = 88
_ORIENTATION = 0x0112
#: Operations that turn a picture upright, by its orientation; and the orientations that swap width and height.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
#: Number of rows of the smaller picture that are made at once.
_STRIP = 64
_REDUCED = frozenset({"L", "RGB", "RGBA", "LA", "CMYK"})


class PhotoForm(forms.Form):
    """The file and the crop frame drawn on the page; without a valid frame the middle is used."""

    photo = forms.FileField(
        label=_("Photograph"),
        help_text=_("JPEG or PNG, at least 300×400 pixels, not more than 10 MB."),
        widget=CropInput({"accept": "image/jpeg,image/png"}),
        error_messages={
            "required": _("Choose a file with the photograph."),
            "empty": _("The file is empty. Choose another one."),
        },
    )
    crop_x = forms.IntegerField(required=False, widget=forms.HiddenInput)
    crop_y = forms.IntegerField(required=False, widget=forms.HiddenInput)
    crop_w = forms.IntegerField(required=False, widget=forms.HiddenInput)
    crop_h = forms.IntegerField(required=False, widget=forms.HiddenInput)

    #: The photo as it will be stored.
    jpeg: bytes = b""

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("photo")
        if file is not None and "photo" not in self.errors:
            if file.size > MAX_UPLOAD_BYTES:
                self.add_error("photo", _("The file is larger than 10 MB. Make the picture smaller and try again."))
            else:
                self._read(file)
        # An invalid frame is no reason to refuse a good picture: the middle is used instead.
        for name in ("crop_x", "crop_y", "crop_w", "crop_h"):
            self.errors.pop(name, None)
        return self.cleaned_data

    def _read(self, file: Any) -> None:
        try:
            with a_turn():
                self._open(file.read())
        except NoTurn as late:
            self.add_error("photo", late.message)
        # Pillow raises many kinds of errors for broken files; such a file is the user's mistake, not a server error.
        except (
            OSError,
            ValueError,
            SyntaxError,
            EOFError,
            IndexError,
            KeyError,
            TypeError,
            ZeroDivisionError,
            Image.DecompressionBombError,
        ):
            self.add_error("photo", _("This is not a photograph in JPEG or PNG. Choose another file."))

    def _open(self, data: bytes) -> None:
        """Measure the picture before it is unpacked, then unpack no more of it than is stored."""
        opened = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        if opened.width * opened.height > MAX_PIXELS:
            self.add_error("photo", _("The picture has more than 25 million pixels. Make it smaller and try again."))
            return
        if not is_whole_picture(data):
            raise OSError("cut short")
        turned = opened.getexif().get(_ORIENTATION, 1)
        width, height = opened.size[::-1] if turned in _ON_ITS_SIDE else opened.size
        if width < MIN_WIDTH or height < MIN_HEIGHT:
            # Report an unreadable picture first.
            opened.draft(opened.mode, (1, 1))
            opened.load()
            self.add_error("photo", _("The picture is too small for print: at least 300×400 pixels are needed."))
            return
        self.jpeg = encode(cut(opened, self._frame(width, height), turned))

    def _frame(self, width: int, height: int) -> tuple[int, int, int, int]:
        x, y, w, h = (self.cleaned_data.get(f"crop_{key}") or 0 for key in "xywh")
        if w >= MIN_WIDTH // 2 and h >= MIN_HEIGHT // 2:
            inside = x >= -1 and y >= -1 and x + w <= width + 2 and y + h <= height + 2
            if inside and 0.9 < w * 4 / (h * 3) < 1.1:
                return max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
        return middle(width, height)


def middle(width: int, height: int) -> tuple[int, int, int, int]:
    """Return the largest 3×4 box around the middle: left, top, right, bottom."""
    w, h = (width, width * 4 // 3) if width * 4 <= height * 3 else (height * 3 // 4, height)
    left, top = (width - w) // 2, (height - h) // 2
    return left, top, left + w, top + h


def cut(opened: Image.Image, frame: tuple[int, int, int, int], turned: int = 1) -> Image.Image:
    """Return the part of an opened picture in the frame, upright and at least of the stored size if possible.

    `frame` is measured in the upright picture; `turned` is the orientation of the file. The picture is reduced strip by
    strip, so that no second copy of the whole is needed.
    """
    box = _as_it_lies(frame, opened.size, turned)
    often = _times_larger(box, turned)
    whole = opened.width
    opened.draft(opened.mode, (opened.width // often, opened.height // often))
    opened.load()
    left, top, right, bottom = (round(side * opened.width / whole) for side in box)
    often = _times_larger((left, top, right, bottom), turned)
    strips = []
    for upper in range(top, bottom, _STRIP * often):
        strip = opened.crop((left, upper, right, min(upper + _STRIP * often, bottom)))
        strips.append(strip.reduce(often) if often > 1 and strip.mode in _REDUCED else _smaller(strip, often))
    small = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    at = 0
    for strip in strips:
        if strip.palette is not None:
            small.putpalette(strip.palette)
        small.paste(strip, (0, at))
        at += strip.height
    small.info = opened.info | {}
    return small.transpose(_UPRIGHT[turned]) if turned in _UPRIGHT else small


def _smaller(strip: Image.Image, often: int) -> Image.Image:
    if often == 1:
        return strip
    return strip.convert("RGBA" if "transparency" in strip.info or strip.mode == "PA" else "RGB").reduce(often)


def _times_larger(box: tuple[int, int, int, int], turned: int) -> int:
    """Return how many times larger the part is than the stored photo, at least 1."""
    wide, high = box[2] - box[0], box[3] - box[1]
    if turned in _ON_ITS_SIDE:
        wide, high = high, wide
    return max(1, min(wide // WIDTH, high // HEIGHT))


def _as_it_lies(frame: tuple[int, int, int, int], size: tuple[int, int], turned: int) -> tuple[int, int, int, int]:
    """Return the frame of the upright picture in the coordinates of the file."""
    width, height = size
    corners = [_corner(x, y, width, height, turned) for x, y in (frame[:2], frame[2:])]
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _corner(x: int, y: int, width: int, height: int, turned: int) -> tuple[int, int]:
    if turned in _ON_ITS_SIDE:
        x, y = y, x
    return (
        width - x if turned in (2, 3, 7, 8) else x,
        height - y if turned in (3, 4, 6, 7) else y,
    )


def encode(picture: Image.Image) -> bytes:
    """Return a JPEG of the stored size, with white instead of transparency and without metadata."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        drawn = picture.convert("RGBA")
        flat = Image.new("RGB", drawn.size, "white")
        flat.paste(drawn, mask=drawn.getchannel("A"))
    else:
        flat = picture.convert("RGB")
    kept = io.BytesIO()
    bare = flat.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    bare.info.clear()
    bare.save(kept, "JPEG", quality=_QUALITY, optimize=True)
    return kept.getvalue()
