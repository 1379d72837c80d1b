"""Every named address with who gets which answer; `ROUTES` is what tests/house/test_url_scope.py walks through."""

from tests.house.routes import documents, dues, members, registry

from .base import Route

ROUTES: dict[str, Route] = {**registry.ROUTES, **members.ROUTES, **documents.ROUTES, **dues.ROUTES}

__all__ = ["ROUTES", "Route"]
