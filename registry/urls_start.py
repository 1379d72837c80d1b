"""Addresses of the start page and of the counts beside the navigation."""

from django.urls import path

from .views import start

urlpatterns = [path("", start.start, name="start"), path("counts", start.counts, name="counts")]
