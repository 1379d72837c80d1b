"""URL path converters."""

from django.urls import register_converter


class IdConverter:
    """A record's id, 1 to 18 digits; longer numbers give 404 rather than a database error."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    """Register `<id:pk>`."""
    register_converter(IdConverter, "id")
