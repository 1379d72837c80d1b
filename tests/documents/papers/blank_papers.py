"""Papers of blanks for tests: one of each kind, filled, partly filled, empty, and with the longest values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from documents.papers.blank_words import render_pages
from documents.printing.core import Batch, papers
from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank, BlankPaper, IssueLine
from documents.tickets.transitions import issuing, stock, writing_off
from registry.organizations.models import Organization
from tests.documents import samples
from tests.documents.tickets.stocks import Stocks, numbers, stocks, today
from tests.worlds import world

#: Papers built from one record, and books built from an organisation and a period.
OF_ONE = {
    "receipt_act": "received",
    "opening_act": "opened",
    "issue_sheet": "sheet",
    "hand_down_act": "handed_down",
    "stock_taking_act": "counted",
    "write_off_act": "spoiled",
    "blank_destruction_act": "destroyed",
}
BOOKS = ("ticket_book", "ticket_journal")
CODES = (*OF_ONE, *BOOKS)
COMMISSION = ["заместитель председателя Громова И.П.", "бухгалтер Липова А.С.", "член правления Дубов П.Н."]


@dataclass
class Papers:
    """The world of `stocks` with one paper of each kind."""

    stocks: Stocks
    received: BlankPaper
    opened: BlankPaper
    sheet: BlankPaper
    draft: BlankPaper
    handed_down: BlankPaper
    counted: BlankPaper
    spoiled: BlankPaper
    destroyed: BlankPaper

    @property
    def keeper(self) -> Organization:
        return self.stocks.place.keeper

    def of(self, code: str) -> BlankPaper:
        return BlankPaper.objects.select_related("organization__federation", "receiver").get(
            pk=getattr(self, OF_ONE[code]).pk
        )


def people(held: Stocks, names: list[str], **values: Any) -> list[int]:
    """Register people without tickets and return their ids."""
    put = held.place.put
    return [put(surname=name, snils="", ticket_number="", paper_number="", **values).pk for name in names]


def issue(held: Stocks, members: list[int]) -> BlankPaper:
    """Issue tickets to the members."""
    keeper, chair = held.place.keeper, held.place.chair
    sheet = issuing.prepare_issue(keeper.pk, kind="ticket", members=members, made_on=today(), by=chair)
    return issuing.post_issue(sheet.pk, made_on=today(), by=chair)


@world
def all_papers() -> Papers:
    """Create papers of every kind: 3 tickets issued, 1 returned, 3 spoiled, 1 missing, 3 destroyed, 15 handed down."""
    held = stocks()
    keeper, chair = held.place.keeper, held.place.chair
    common: dict[str, Any] = {"kind": "ticket", "made_on": today(), "signed_by": COMMISSION, "by": chair}
    sheet = issue(held, people(held, ["Абрамова", "Белова", "Вольская"]))
    draft = issuing.prepare_issue(keeper.pk, kind="ticket", members=people(held, ["Ясная"]), made_on=today(), by=chair)
    spoiled = writing_off.write_off_blanks(
        keeper.pk, paper_kind=PaperKind.SPOILED, numbers=[numbers(150, 152)], note="залиты водой", **common
    )
    returned = Blank.objects.get(number=102)
    writing_off.move_issued(
        keeper.pk, paper_kind=PaperKind.RETURN, blanks=[returned.pk], made_on=today(), note="выход из организации",
        by=chair,
    )  # fmt: skip
    counted = writing_off.take_stock(
        keeper.pk, counted=[numbers(104, 149), numbers(153, 199)], note="сейф вскрыт, составлен протокол", **common
    )
    void = [returned.pk, *Blank.objects.filter(number__in=[150, 151]).values_list("pk", flat=True)]
    destroyed = writing_off.destroy_blanks(
        keeper.pk, kind="ticket", blanks=void, made_on=today(), way="сожжение", signed_by=COMMISSION, by=chair
    )
    act = held.hand_down(numbers(301, 310), numbers(320, 324), to=keeper)
    stock.confirm_blanks(act.pk, accepted=[numbers(301, 310)], by=chair)
    given = {"kind": "card", "number": "18", "made_on": today(), "source": "Типография «Оттиск»", "by": chair}
    received = stock.receive_blanks(
        keeper.pk, numbers=[numbers(1, 20, series="К"), numbers(31, 35, series="К")], **given
    )
    for surname, number in (("Евсеева", "0104512"), ("Жданова", "0104513")):
        held.place.put(surname=surname, snils="", ticket_number=number, paper_number="")
    opened = issuing.take_over_tickets(keeper.pk, made_on=today(), by=chair)
    return Papers(held, received, opened, sheet, draft, act, counted, spoiled, destroyed)


def arguments(code: str, found: Papers, day: dt.date | None = None) -> tuple[Any, ...]:
    """Return the arguments for building the paper."""
    batch = samples.batch_of(found.keeper)
    if code in OF_ONE:
        return found.of(code), batch
    day = day or today()
    return found.keeper, "ticket", day.replace(month=1, day=1), day, batch


def printed(code: str, *given: Any) -> bytes:
    """Return the PDF of the paper."""
    batch: Batch = given[-1]
    return render_pages(papers()[code], papers()[code].build(*given), batch)


def texts_of(pages: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the text of each row of all pages by column."""
    rows = (row for page in pages for row in page.get("rows", ()))
    return [{name: " ".join(cell.lines[0]).replace("\u00a0", " ") for name, cell in row.items()} for row in rows]


def lengthen(found: Papers) -> None:
    """Set the longest names, grounds and notes."""
    long = "Замоскворецкая-Константинопольская Александра-Виктория Абдурахмангаджиевна кызы " * 3
    IssueLine.objects.update(full_name=long[:200], ground=("протокол № 1234567890/КО-12 " * 9)[:200])
    IssueLine.objects.update(replaces="АБВГДЕЖЗИК 000000000123", reason="damaged")
    BlankPaper.objects.update(
        note=("обстоятельства изложены в протоколе осмотра помещения " * 12)[:500], number="9" * 30,
        signed_by=[("заместитель председателя правления по организационной работе " + long)[:98]] * 10,
    )  # fmt: skip
    Blank.objects.update(reason=("изменение фамилии, имени или отчества " * 9)[:200])
    for place in (found.keeper, found.stocks.place.head):
        place.full_name = ("Заречная городская организация Тульской областной организации общества инвалидов " * 5)[
            :300
        ]
        place.save(update_fields=["full_name"])
    # Papers print the names of their day, which are read from the history.
    Organization.history.filter(id__in=[found.keeper.pk, found.stocks.place.head.pk]).update(  # type: ignore[attr-defined]
        full_name=place.full_name, chair_name=long[:100].strip()
    )


def shorten(found: Papers) -> None:
    """Clear what an organisation may not know yet: chair, commission, grounds, notes."""
    IssueLine.objects.update(ground="", joined_on=None)
    BlankPaper.objects.update(note="", signed_by=[])
    Organization.history.update(chair_name="", full_name="")  # type: ignore[attr-defined]


def of_one(code: str) -> list[Any]:
    """Return the arguments for the test of the classes of data."""
    return [arguments(code, all_papers())]


#: Paper → function that returns the arguments for building it.
BUILT_OF = {code: partial(of_one, code) for code in CODES}
