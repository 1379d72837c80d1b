"""The photo form.

Checks the content, rotates it upright, crops it to 3×4 and encodes it again (V-B1, practice 9.13).
"""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from registry.checks import MAX_PIXELS, MAX_UPLOAD_BYTES, is_whole_picture
from registry.widgets import CropInput

#: Size of the stored photo, in pixels.
WIDTH, HEIGHT = 600, 800
#: Minimum size of the uploaded picture, in pixels.
MIN_WIDTH, MIN_HEIGHT = 300, 400
_QUALITY = 88


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
            data = file.read()
            opened = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
            if opened.width * opened.height > MAX_PIXELS:
                self.add_error("photo", _("The picture has too many pixels. Make it smaller and try again."))
                return
            if not is_whole_picture(data):
                raise OSError("cut short")
            picture: Image.Image = ImageOps.exif_transpose(opened)
        # Pillow raises errors of many kinds for broken files; such a file is the user's mistake, not a server error.
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
            return
        if picture.width < MIN_WIDTH or picture.height < MIN_HEIGHT:
            self.add_error("photo", _("The picture is too small for print: at least 300×400 pixels are needed."))
            return
        self.jpeg = encode(picture.crop(self._frame(picture.width, picture.height)))

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
