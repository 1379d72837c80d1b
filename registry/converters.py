"""Path converters: ids short enough for every database."""

from django.urls import register_converter


class IdConverter:
    """A record's id: 1 to 18 digits; longer ones are no address at all (404, not an error of the database)."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    """Make `<id:pk>` known."""
    register_converter(IdConverter, "id")
