"""Loads the demonstration by the registry's own transitions, with dates that make tasks of every kind due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from dues.ledger.transitions import close_books
from dues.rates.transitions import load_rates
from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import block_account
from registry.organizations.models import Federation, Organization
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.founding import found_federation
from registry.organizations.transitions.renames import ask_rename

from ..access import Actor
from ..enums import Level, Role
from ..errors import RuleViolation
from . import (
    accounts,
    applications,
    arrears,
    bank,
    breaches,
    campaigns,
    cards,
    collecting,
    consents,
    contributions,
    dues,
    exchange,
    granting,
    moves,
    numbers,
    payroll,
    remarks,
    sharing,
    tickets,
    years,
)  # fmt: skip
from .people import People
from .tree import Founder, Place, Tree

SEED = 20
#: Full names of the federations.
SOCIETY, UNION = "Всероссийское общество инвалидов", "Общероссийский Профсоюз образования"
#: Minimum and maximum number of members of an organisation that keeps cards, with and without cells.
MANY, FEW = (190, 240), (36, 60)
Say = Callable[[str], None]


def is_loaded() -> bool:
    """Return whether any federation exists."""
    return Federation.objects.exists()


@transaction.atomic
def load(say: Say = lambda line: None) -> list[accounts.Shown]:
    """Create both federations with their people and accounts, the same each time."""
    with override("ru"):
        today = timezone.localdate()
        by = Actor.system("demonstration")
        say("Общество инвалидов …")
        society = _federation(
            "voi",
            SOCIETY,
            f"Общероссийская общественная организация «{SOCIETY}»",
            "ВОИ",
            by,
            People(SEED, today),
            Founder.society,
        )
        say("Профсоюз образования …")
        union = _federation(
            "education_union",
            UNION,
            UNION,
            "Профсоюз образования",
            by,
            People(SEED + 1, today),
            Founder.union,
        )
        shown = [*_accounts("voi", society, by), *_accounts("union", union, by), accounts.administrator()]
        tickets.name_keepers(society, by)
        _loose_ends(union, by)
        keeper = society.locals[0]
        cells = [cell for cell in society.primaries if cell.parent_id == keeper.pk]
        people = People(SEED + 90, today)
        brought = collecting.collect(keeper, cells, people, by)
        bank.state(keeper, people, by, brought=brought)
        bank.tables(keeper, people, by)
        contributions.instalments(keeper, people, by)
        sharing.share([keeper, society.regions[0], society.head], [40, 50], today, by)
        sharing.quarrel(society.locals[1], society.regions[0], today, by)
        school = union.primaries[0]
        sharing.share([school, union.locals[0], union.regions[0], union.head], [35, 60, 30], today, by)
        with_telephone = _telephone(society, by)
        granting.ask(keeper, People(SEED + 300, today))
        remarks.make_remarks(society.regions[0], keeper, today)
        breaches.open_breaches(keeper)
        remarks.make_remarks(union.regions[0], school, today)
        campaigns.run_campaigns(society.head, keeper, today)
        # In the union a region runs its own.
        campaigns.run_campaigns(union.regions[0], school, today)
        for closing in (keeper, school):
            close_books(closing.pk, _closed_until(today), by=by)
        return [*shown, with_telephone, _far_east(society, by)]


def _closed_until(today: dt.date) -> dt.date:
    """Return the last day of the month before the last."""
    last_month = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    return last_month - dt.timedelta(days=1)


def _federation(
    charter: str, name: str, full_name: str, short: str, by: Actor, people: People, found: Callable[[Founder], Tree]
) -> Tree:
    head = found_federation(
        code=charter.replace("_", "-"),
        name=name,
        charter_key=charter,
        full_name=full_name,
        short_name=short,
        by=by,
        is_legal_entity=True,
        inn=numbers.inn(770_000_000 + people.chance.randint(1000, 9000)),
        kpp="770101001",
        ogrn=numbers.ogrn(102_770_000_000 + people.chance.randint(1000, 9000)),
        legal_address="119000, г. Москва, ул. Садовая, д. 1",
        postal_address="119000, г. Москва, ул. Садовая, д. 1",
        phone="+7 495 555-01-01",
        email="center@example.ru",
        founded_on=dt.date(1988, 8, 17),
        chair_name="Громов Виктор Ильич",
        chair_sex="male",
        chair_elected_on=dt.date(2024, 3, 1),
        chair_basis="Протокол № 1",
        genitive_name=f"{name}"[:300],
    )
    load_rates(head.federation, by=by)
    if head.charter.recipients:
        # Invented companies and addresses.
        firms = {"bonus_programme": "ООО «Бонусная программа»", "card_producer": "ООО «Карты и билеты»"}
        named = {key: {"name": name, "address": "119000, г. Москва, ул. Садовая, д. 2"} for key, name in firms.items()}
        change_charter(head.federation_id, values={"recipients": named}, by=by)
    tree = found(Founder(head, people, by))
    keepers = tree.locals if head.charter.keeps_cards(Level.LOCAL) else tree.primaries
    # The last one has no members: its chair has not signed in yet.
    for keeper in keepers[:-1]:
        _people(keeper, tree, people, by)
    for keeper in (keepers[0], keepers[1]):
        applications.file(keeper, tree.places[keeper.pk], people, by, neighbour=keepers[2])
    moves.happen(tree, keepers[:-1], people, by)
    tickets.supply(tree, people, by)
    cards.order_cards(tree, people, by)
    consents.withdraw(keepers[0], people, by)
    consents.ask(keepers[0], people, by)
    if head.charter.charges_dues:
        arrears.chase(keepers[0], by)
    if head.charter.pays_percentage:
        payroll.deduct(keepers[0], people, by)
    if head.charter.programme_site:
        exchange.begin_with_files(head, keepers[1], by)
        exchange.switch_on(head)
        exchange.sign_transfers(keepers[0], by)
        exchange.give_leaflets(keepers[0], by)
        exchange.go_on_with_a_file(head)
    return tree


def _people(keeper: Organization, tree: Tree, people: People, by: Actor, size: tuple[int, int] | None = None) -> None:
    place: Place = tree.places[keeper.pk]
    where = {"city": place.city, "region": place.region_name, "postcode": f"{place.postcode}041"[:6]}
    cells = [o for o in tree.primaries if o.parent_id == keeper.pk]
    count = people.chance.randint(*(size or (MANY if cells else FEW)))
    batch = []
    for number in range(count):
        if cells:
            values = people.society_member(**where) | {"cell": people.chance.choice(cells).pk}
            values["ticket_number"] = f"{keeper.pk:03d}{number + 1:04d}" if people.chance.random() < 0.9 else ""
        else:
            values = people.union_member(workplace=keeper.passport.employer_name, **where)
        joined = values["joined_on"]
        values |= {
            "registered_on": joined,
            "minutes_number": str(people.chance.randint(1, 30)),
            "minutes_date": joined,
            "confirmed_duplicate": True,
        }
        batch.append(values)
    register_many(organization=keeper, people=batch, by=by)
    consents.collect(keeper, people, by)
    if cells and keeper == tree.locals[0] and size is None:
        years.Years(keeper, cells, people, by).live()
    elif keeper.charter.charges_dues:
        dues.collect(keeper, people, by)
    else:
        dues.collect_in_cash(keeper, people, by, monthly=keeper == tree.primaries[0])


def _accounts(prefix: str, tree: Tree, by: Actor) -> Iterator[accounts.Shown]:
    people = People(SEED + 50 + len(prefix), timezone.localdate())
    region, local = tree.regions[0], tree.locals[0]
    primary = next(o for o in tree.primaries if o.parent_id == local.pk)
    keeper = local if tree.head.charter.keeps_cards(Level.LOCAL) else primary

    def chair(login: str, organization: Organization, *, first_time: bool = False) -> accounts.Shown:
        return accounts.give(
            login,
            organization,
            Role.CHAIR,
            people,
            by,
            first_time=first_time,
            person=accounts.chair_person(organization),
        )

    yield chair(f"{prefix}-federal", tree.head)
    yield chair(f"{prefix}-region", region)
    yield chair(f"{prefix}-local", local)
    yield chair(f"{prefix}-primary", primary)
    yield accounts.give(f"{prefix}-admin", tree.head, Role.ADMINISTRATOR, people, by)
    for name, organization in (("federal", tree.head), ("region", region), ("local", local), ("primary", primary)):
        for role in accounts.BESIDE_THE_CHAIR:
            yield accounts.give(f"{prefix}-{name}-{role}", organization, role, people, by)
    last = tree.locals[-1] if keeper == local else tree.primaries[-1]
    yield chair(f"{prefix}-new", last, first_time=True)


def _far_east(society: Tree, by: Actor) -> accounts.Shown:
    """Add an organisation whose day begins seven hours before Moscow's."""
    people = People(SEED + 200, timezone.localdate())
    founder = Founder(society.head, people, by, number=500)
    local = founder.far_east()
    _people(local, founder.tree, people, by, FEW)
    return accounts.give("voi-far", local, Role.CHAIR, people, by, person=accounts.chair_person(local))


def _telephone(society: Tree, by: Actor) -> accounts.Shown:
    """Add an officer who signs in with a second factor."""
    people = People(SEED + 300, timezone.localdate())
    shown = accounts.give("voi-code", society.regions[0], Role.REVIEWER, people, by)
    accounts.connect_telephone(shown.login)
    return shown


def _loose_ends(union: Tree, by: Actor) -> None:
    """Add a rename request, a blocked account and an appointment that is about to end."""
    local = union.locals[0]
    second = [o for o in union.primaries if o.parent_id == local.pk][1]
    people = People(SEED + 90, timezone.localdate())
    accounts.give("union-second", second, Role.CHAIR, people, by, person=accounts.chair_person(second))
    chair = Account.objects.get(login="union-second")
    try:
        ask_rename(
            second.pk,
            full_name=second.full_name.replace("МБОУ СОШ", "МАОУ «Лицей»"),
            short_name=second.short_name.replace("СОШ", "Лицей"),
            comment="Школа стала лицеем с 1 сентября.",
            by=Actor.of(chair),
        )
    except RuleViolation as refusal:  # a renamed school may meet an existing name by chance
        raise RuntimeError(str(refusal.message)) from refusal
    accounts.give("union-blocked", second, Role.REGISTRAR, people, by)
    block_account(Account.objects.get(login="union-blocked").pk, reason="Увольнение", by=by)
    Appointment.objects.filter(account__login="union-local-registrar").update(
        ends_on=timezone.localdate() + dt.timedelta(days=12)
    )


def figures() -> dict[str, int]:
    """Return the numbers of loaded records for the command's output."""
    return {"organizations": Organization.objects.count(), "members": Member.objects.count()}
