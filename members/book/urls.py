"""URLs of the registration book, below `cells/` (members/urls.py)."""

from django.urls import path

from .views import book, day_copies, prints

urlpatterns = [
    path("book/", book.own_book, name="own_book"),
    path("<id:pk>/book/", book.book, name="book"),
    path("<id:pk>/book/print/", prints.print_book, name="print_book"),
    path("<id:pk>/on-day/", book.on_day, name="on_day"),
    path("<id:pk>/on-day/download/", day_copies.export_day, name="export_day"),
    path("<id:pk>/on-day/print/", day_copies.print_day, name="print_day"),
]
