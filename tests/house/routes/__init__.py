"""Every named address with each actor's result; `ROUTES` is tested by tests/house/test_url_scope.py."""

from tests.house.routes import documents, dues, members, registry

from .base import Route

ROUTES: dict[str, Route] = {**registry.ROUTES, **members.ROUTES, **documents.ROUTES, **dues.ROUTES}

__all__ = ["ROUTES", "Route"]
