"""Every page of the registry, collected from its addresses, so that new pages are measured too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

#: Areas with pages of other applications, or without pages.
_ELSEWHERE = {"admin", "jsi18n", "healthz", "readyz", "metrics"}


def routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of each address with the names of its parameters."""
    yield from _walk(get_resolver().url_patterns, "", ())


def _walk(patterns: Any, prefix: str, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        own = (*names, *pattern.pattern.converters, *getattr(pattern.pattern.regex, "groupindex", {}))
        known = tuple(dict.fromkeys(own))
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in _ELSEWHERE:
                yield from _walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix, known)
        elif isinstance(pattern, URLPattern) and pattern.name and pattern.name not in _ELSEWHERE:
            yield f"{prefix}{pattern.name}", tuple(n for n in known if n not in (pattern.default_args or {}))


def pages(arguments: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return addresses by name; parameters come from `arguments` by the name of the page or of its area."""
    found = {}
    for name, parameters in routes():
        area = name.split(":")[0] if ":" in name else ""
        known = {**arguments.get(area, {}), **arguments.get(name, {})}
        if all(parameter in known for parameter in parameters):
            try:
                found[name] = reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})
            except NoReverseMatch:
                continue
    return found
