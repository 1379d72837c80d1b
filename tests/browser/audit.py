"""Audits pages with axe, and walks through the pages of one person."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page as Window

from registry.accounts.models import Account

from .conftest import OpenWindow, session_of
from .pages import PAGES
from .world import World

#: The success criteria of WCAG 2.0 to 2.2, levels A and AA, and axe's best practices.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe must not load assets again: the site's Content-Security-Policy would refuse that and log it in the console.
AUDIT = """([without, what, off]) => {
  const message = v => `${v.id}: ${v.nodes.slice(0, 3)
    .map(n => n.target.join(" ") + " " + n.any.concat(n.all, n.none).map(c => c.message)).join("; ")}`;
  return axe.run(
    {include: [["html"]], exclude: without.map(part => [part])},
    {
      runOnly: what,
      rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}])),
      resultTypes: ["violations"],
      preload: false,
    },
  ).then(found => found.violations.map(message));
}"""
# A table whose rows become cards on a narrow page must not be wider than the page either.
SCROLLS = """() => {
  const page = document.documentElement;
  const cards = [...document.querySelectorAll(".table-wrap:has(> .stack)")];
  return page.scrollWidth > page.clientWidth || cards.some(wrap => wrap.scrollWidth > wrap.clientWidth + 1);
}"""
#: The frame around the main part of every page; axe checks page-level rules without it too.
FRAME = ["a.skip", ".shell > .topbar", ".shell > .sidenav", "#header", "#nav-sidebar"]
WIDTHS = (1360, 390)
NARROW_RULES = ["target-size", "scrollable-region-focusable", "link-in-text-block", "nested-interactive"]
#: WCAG 1.4.10: down to this width nothing requires horizontal scrolling.
NARROWEST = 320
#: Pages that together show every part of the interface, for the other display modes.
SAMPLE = (
    "start", "gallery", "members:list", "members:detail", "members:add", "members:accounting", "documents:consents",
    "organizations:passport_tab", "imports:rows", "applications:list", "accounts:list",
)  # fmt: skip


def sign_in(window: Window, login: str, site: str) -> None:
    """Sign in as the person with that login; without a login, stay anonymous."""
    window.context.clear_cookies()
    if login:
        key = session_of(Account.objects.get(login=login))
        window.context.add_cookies([{"name": "sessionid", "value": key, "url": site}])


def audit(window: Window, width: int, *, whole: bool = True, colours: bool = True) -> list[str]:
    """Return axe's findings at this width; on a phone only those that depend on the width.

    Without `whole`, the frame around the main part is skipped, because it was audited on another page of the same
    person. Without `colours`, contrast is skipped, because it was audited on the sample pages; it takes as long as all
    other rules.
    """
    window.set_viewport_size({"width": width, "height": 900})
    rules = TAGS if width == WIDTHS[0] else {"type": "rule", "values": NARROW_RULES}
    return window.evaluate(AUDIT, [[] if whole else FRAME, rules, [] if colours else ["color-contrast"]])


def too_wide(window: Window, width: int) -> bool:
    """Return whether the page, or a table whose rows are cards there, scrolls sideways at this width."""
    window.set_viewport_size({"width": width, "height": 900})
    return window.evaluate(SCROLLS)


def address(name: str, shown: World) -> str:
    return PAGES[name].address(name, shown)


def by_login() -> dict[str, list[str]]:
    """Return the pages of each person, so that each signs in once."""
    found: dict[str, list[str]] = {}
    for name, page in PAGES.items():
        found.setdefault(page.login, []).append(name)
    return found


def faults_of_pages(login: str, shown: World, window: OpenWindow, site: str) -> list[str]:
    """Open every page of that person; return axe's findings and the pages that are too wide for a phone."""
    page, faults = window(), []
    page.context.add_init_script(AXE_SCRIPT)
    sign_in(page, login, site)
    for number, name in enumerate(by_login()[login]):
        answer = page.goto(address(name, shown))
        if answer is None or answer.status != 200 or page.url != site + address(name, shown):
            faults.append(f"{name} leads to {page.url} with {answer.status if answer else None}")
            continue
        for width in WIDTHS:
            found = audit(page, width, whole=not number, colours=not number or name in SAMPLE)
            faults += [f"{name} at {width}: {fault}" for fault in found]
        faults += [f"{name} is wider than {width}" for width in (390, NARROWEST) if too_wide(page, width)]
    return faults
