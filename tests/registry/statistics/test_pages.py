"""The pages of statistics, their files, and what they answer to bad addresses (N-S3)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from registry.access import Actor

from .test_composition import society

PAGES = ("composition", "health", "movement", "charts", "cross")


def client_of(actor: Actor) -> Client:
    assert actor.account is not None
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_n_s3_each_page_opens(page: str) -> None:
    place = society()
    answer = client_of(place.region_chair).get(reverse(f"statistics:{page}", args=[place.region.pk]))
    assert answer.status_code == 200
