"""URLs below `cells/`, gathered from the packages that share the namespace."""

from .book.urls import urlpatterns as of_the_book
from .people.urls import mark_urlpatterns
from .reconciliation.urls import urlpatterns as of_the_reconciliation

app_name = "cells"

urlpatterns = [*of_the_book, *mark_urlpatterns, *of_the_reconciliation]
