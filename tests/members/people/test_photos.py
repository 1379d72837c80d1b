"""The photograph: an image by its content, cropped to 3×4, without the camera's metadata (V-B1)."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from members.people.forms import photos
from members.people.forms.photos import _UPRIGHT, PhotoForm
from registry import checks
from registry.files import storage
from registry.files.models import StoredFile
from tests.members import places


def picture(size: tuple[int, int] = (900, 900), kind: str = "JPEG", exif: Any = None, mode: str = "RGB") -> bytes:
    """Return an image whose left half is red and whose right half is blue."""
    made = Image.new(mode, size, "red")
    made.paste(Image.new(mode, (size[0] // 2, size[1]), "blue"), (size[0] // 2, 0))
    out = io.BytesIO()
    made.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def form(data: bytes, name: str = "x.jpg", **frame: int) -> PhotoForm:
    fields = {f"crop_{key}": value for key, value in frame.items()}
    return PhotoForm(fields, {"photo": SimpleUploadedFile(name, data)})


def kept(made: PhotoForm) -> Image.Image:
    assert made.is_valid(), made.errors
    return Image.open(io.BytesIO(made.jpeg))


def colour(image: Image.Image, x: int, y: int) -> str:
    red, _green, blue = image.getpixel((x, y))  # type: ignore[misc]
    return "red" if red > 200 > blue else "blue" if blue > 200 > red else "other"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_v_b1_without_a_frame_the_middle_is_cropped(kind: str) -> None:
    image = kept(form(picture(kind=kind)))
    assert (image.format, image.size) == ("JPEG", (600, 800))
    assert (colour(image, 50, 400), colour(image, 550, 400)) == ("red", "blue")


def test_v_b1_the_frame_determines_the_crop() -> None:
    image = kept(form(picture((1200, 900)), x=0, y=0, w=450, h=600))
    assert {colour(image, x, y) for x in (10, 590) for y in (10, 790)} == {"red"}


@pytest.mark.parametrize(
    "frame",
    [
        {"x": -50, "y": 0, "w": 450, "h": 600},
        {"x": 0, "y": 0, "w": 9999, "h": 13332},
        {"x": 0, "y": 0, "w": 600, "h": 300},
        {"x": 1, "y": 1, "w": 3, "h": 4},
    ],
)
def test_v_b1_an_invalid_frame_is_ignored(frame: dict[str, int]) -> None:
    image = kept(form(picture(), **frame))
    assert (image.size, colour(image, 50, 400), colour(image, 550, 400)) == ((600, 800), "red", "blue")


def test_v_c5_the_picture_is_turned_upright_and_loses_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    exif[0x010F] = "Camera of Ivanov"
    exif[0x8825] = {1: "N", 2: (54.0, 12.0, 0.0)}
    image = kept(form(picture((800, 600), exif=exif)))
    assert (colour(image, 300, 50), colour(image, 300, 750)) == ("red", "blue")
    assert dict(image.getexif()) == {}
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "LA", "I;16"])
def test_v_b1_pictures_of_every_colour_model_are_accepted(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (600, 800)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert kept(form(out.getvalue())).mode == "RGB"


def bomb() -> bytes:
    """Return a PNG of a few hundred bytes that declares 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


#: Functions, because creating some of them takes long.
NO_GOOD: dict[str, Callable[[], bytes]] = {
    "text": lambda: b"not a picture",
    "pdf": lambda: b"%PDF-1.7\n",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "cut jpeg": lambda: picture()[:300],
    "gif": lambda: picture(kind="GIF", mode="RGB"),
    "cut png": lambda: picture(kind="PNG")[:100],
    "small": lambda: picture((299, 400)),
    "many points": lambda: picture((8000, 8000), "PNG"),
    "bomb": bomb,
    "broken png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "large file": lambda: picture() + b"\0" * (10 * 1024 * 1024),
}


@pytest.mark.parametrize("make", NO_GOOD.values(), ids=NO_GOOD)
def test_v_b1_unsuitable_photographs_are_refused_with_an_explanation(make: Callable[[], bytes]) -> None:
    data = make()
    made = form(data, "x.png")
    assert not made.is_valid()
    assert [list(made.errors), made.jpeg] == [["photo"], b""]


@pytest.mark.django_db
def test_v_b1_the_photograph_is_stored_encrypted_replaced_and_removed(own_files: Path) -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.chair)
    change = f"/members/{member.pk}/photo/change/"
    assert (
        client.post(change, {"photo": SimpleUploadedFile("Иванова паспорт.png", picture(kind="PNG"))}).status_code
        == 302
    )
    first = StoredFile.objects.get()
    assert (first.name, first.content_type, first.organization_id) == ("photo.jpg", "image/jpeg", place.keeper.pk)
    assert [b"JFIF" in path.read_bytes() for path in own_files.rglob("*") if path.is_file()] == [False]
    shown = client.get(f"/members/{member.pk}/photo/")
    assert (shown.status_code, shown["Content-Type"], shown.content) == (200, "image/jpeg", storage.read(first))
    assert shown["Cache-Control"] == "no-store, private"
    client.post(change, {"photo": SimpleUploadedFile("x.jpg", picture())})
    assert StoredFile.objects.count() == 1 and StoredFile.objects.get().pk != first.pk
    client.post(f"/members/{member.pk}/photo/delete/")
    assert not StoredFile.objects.exists()
    assert client.get(f"/members/{member.pk}/photo/").status_code == 404


@pytest.mark.django_db
def test_n_h1_a_photograph_has_the_permissions_of_its_card() -> None:
    place, other = places.voi(), places.voi()
    member = place.put(cell=place.cells[0].pk)
    places.signed_in(place.chair).post(
        f"/members/{member.pk}/photo/change/", {"photo": SimpleUploadedFile("x.jpg", picture())}
    )
    for actor, seen, changed in ((place.region_chair, 200, 403), (place.reviewer, 200, 403), (other.chair, 404, 404)):
        client = places.signed_in(actor)
        answers = [client.get(f"/members/{member.pk}/photo/").status_code]
        answers += [
            client.get(f"/members/{member.pk}/photo/change/").status_code,
            client.post(f"/members/{member.pk}/photo/delete/").status_code,
        ]
        assert answers == [seen, changed, changed]
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "P", "L"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_v_b1_a_large_picture_is_opened_small_and_cut_where_the_frame_is(kind: str, mode: str, turned: int) -> None:
    if kind == "JPEG" and mode == "P":
        return
    drawn = Image.new("RGB", (2600, 3500), "white")
    drawn.paste("black", (300, 500, 1800, 2500))
    drawn.paste("white", (300, 500, 1050, 1500))
    back = {5: 5, 6: 8, 7: 7, 8: 6}.get(turned, turned)
    lying = drawn.transpose(_UPRIGHT[back]) if back in _UPRIGHT else drawn
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = turned
    lying.convert(mode).save(out, kind, exif=exif)
    image = kept(form(out.getvalue(), x=300, y=500, w=1500, h=2000)).convert("L")
    corners = [image.getpixel(at) for at in ((20, 20), (580, 20), (20, 780), (580, 780))]
    assert [value > 200 for value in corners] == [True, False, False, False]  # type: ignore[operator]


def test_v_b1_a_photograph_has_at_most_25_million_pixels_and_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (checks.MAX_PIXELS, photos.MAX_PIXELS) == (25_000_000, 25_000_000)
    monkeypatch.setattr(photos, "MAX_PIXELS", 400 * 500)
    assert form(picture((400, 500))).is_valid()
    assert form(picture((400, 501))).errors["photo"] == [
        "На снимке больше 25 миллионов точек. Уменьшите его и попробуйте ещё раз."
    ]
    monkeypatch.setattr(checks, "MAX_WAIT", 0.01)
    with checks.a_turn():
        assert form(picture((400, 500))).errors["photo"] == [
            "Сейчас открываются другие снимки, и ничего не изменено. Попробуйте ещё раз через минуту."
        ]
