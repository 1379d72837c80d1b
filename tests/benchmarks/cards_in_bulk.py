"""Cards of many people, written by one statement for each table, with papers, consents, books and history.

The contents are copied from a few thousand people; names, numbers, dates and telephones differ for each person, and so
do the keys for searching and sorting, which are compared with the registry's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection, models

from documents.consents.models import Consent, ConsentText
from members.people.enums import ConsentState
from members.people.models import IdentityPaper, Member
from members.people.transitions.registration import renew_keys
from registry.demo.people import People
from registry.organizations.models import Figures, Organization

from . import frequencies
from .measure import say, timed
from .sql import run, without_indexes

#: People whose cards serve as templates.
LIKE = 4_000
#: People written by one statement, to limit what a rollback or a full disk loses.
AT_ONCE = 500_000
#: Values of each card; `n` is its number among all, `h` and others are pseudo-random numbers.
OWN = {
    "id": "n + 1",
    "organization_id": "place.id",
    "unit_id": "place.id",
    "surname": "s.name",
    "given_name": "g.name",
    "patronymic": "p.name",
    "no_patronymic": "false",
    "sex": "CASE woman WHEN 1 THEN 'female' ELSE 'male' END",
    "snils": "own_snils",
    "ticket_number": "ticket",
    "birth_date": "born",
    "phone_mobile": "CASE WHEN phone = '' THEN '' ELSE '+7' || phone END",
    "phone_home": "''",
    "workplace": "place.short_name",
    "missing": "CASE WHEN n % 5 = 0 THEN 1 ELSE 0 END",
    "search_key": "' ' || s.words || ' ' || g.words || ' ' || p.words || CASE WHEN own_snils = '' THEN '' ELSE ' ' ||"
    " own_snils END || ' ' || ticket || to_char(born, ' DDMMYYYY YYYY')"
    " || CASE WHEN phone = '' THEN '' ELSE ' ' || phone || ' ' || substr(phone, 4) END",
    "sort_key": "s.weights || g.weights || p.weights || s.ties || g.ties || p.ties",
    "name_key": "s.letters || g.letters",
}
#: Nine of ten are in the list that their organisation uploaded, the others came later.
NUMBERS = """
SELECT n, h1, h2, CASE WHEN h1 % 100 < 82 THEN 1 ELSE 0 END AS woman,
    CASE WHEN h2 % 10 = 0 THEN h3 % {places} ELSE n * {places} / {people} END AS at,
    h1 / 100 % {slots} AS s_slot, h2 / 100 % {slots} AS g_slot, h3 / 100 % {slots} AS p_slot,
    CASE WHEN h3 % 10 < 8 THEN nine || lpad((({checked}) % 101 % 100)::text, 2, '0')
        ELSE '' END AS own_snils,
    lpad(n::text, 7, '0') AS ticket,
    CASE WHEN h1 % 10 = 3 THEN '' ELSE '9' || lpad((h2 % 1000000000)::text, 9, '0') END AS phone
FROM (SELECT n, hashint8(n * 3 + 1) & 2147483647 AS h1, hashint8(n * 5 + 2) & 2147483647 AS h2,
    hashint8(n * 7 + 3) & 2147483647 AS h3, 100000000 + n * 191 AS nine
    FROM generate_series({first}::bigint, {last}::bigint) AS n) AS numbered
"""
#: Parts for computing the check digits of an insurance number.
CHECKED = " + ".join(f"nine / {10**power} % 10 * {power + 1}" for power in range(9))
PEOPLE = """
INSERT INTO members_member ({names}) SELECT {values}
FROM ({numbers}) AS numbered
JOIN place ON place.number = at
JOIN part AS s ON s.part = 'surname' AND s.sex = woman AND s.slot = s_slot
JOIN part AS g ON g.part = 'given_name' AND g.sex = woman AND g.slot = g_slot
JOIN part AS p ON p.part = 'patronymic' AND p.sex = woman AND p.slot = p_slot
JOIN body ON body.like_number = h1 / 7 % {like},
LATERAL (SELECT body.birth_date + (h2 % 365)::int AS born) AS birth
"""


def write(people: Sequence[Organization], count: int, source: People, text: ConsentText) -> None:
    """Write the cards of `count` people of the organisations, with everything that belongs to a card."""
    # Copies are consistent with their originals.
    run("SET session_replication_role = replica")
    run("SET maintenance_work_mem = '1GB'")
    run("SET work_mem = '128MB'")
    say(f"what cards are like: {timed(lambda: _prepare(people, source))[0]:.0f} s")
    steps = (
        ("cards", lambda: _cards(count, len(people))),
        ("identity papers", _papers),
        ("registrations", _registrations),
        ("lines of the book", _lines),
        ("consents", lambda: _consents(text)),
        ("figures", _figures),
    )
    for name, step in steps:
        say(f"{name}: {timed(step)[0]:.0f} s")
    run("SET session_replication_role = DEFAULT")
    run("RESET work_mem")
    _compare()


def _prepare(people: Sequence[Organization], source: People) -> None:
    """Create the tables used by the statements: the organisations, parts of names, and template people."""
    run("CREATE TEMP TABLE place (number bigint PRIMARY KEY, id bigint, short_name text)")
    run(
        "CREATE TEMP TABLE part (part text, sex int, slot bigint, name text, words text, weights text, ties text,"
        " letters text, PRIMARY KEY (part, sex, slot))"
    )
    with connection.cursor() as cursor:
        with cursor.copy("COPY place FROM STDIN") as copy:
            for number, one in enumerate(people):
                copy.write_row((number, one.pk, one.short_name))
        with cursor.copy("COPY part FROM STDIN") as copy:
            for row in frequencies.rows():
                copy.write_row(row)
    made, papers, first = [], [], people[0]
    for number in range(LIKE):
        values = source.union_member(workplace="", city="Тула", region="Тульская область", postcode="300041")
        own = {name: value for name, value in values.items() if not name.startswith("paper_")}
        own["snils"] = ""
        member = Member(
            federation_id=first.federation_id, organization=first, unit=first, consent_state=ConsentState.PRINTED,
            ticket_number=f"{number:09}", **own,
        )  # fmt: skip
        made.append(member)
        papers.append({name: value for name, value in values.items() if name.startswith("paper_")})
    Member.objects.bulk_create(made, batch_size=500)
    IdentityPaper.objects.bulk_create(
        [IdentityPaper(member=m, **values) for m, values in zip(made, papers, strict=True)], batch_size=500
    )
    for table, model in (("body", Member), ("paper", IdentityPaper)):
        run(
            f"CREATE TEMP TABLE {table} AS SELECT row_number() OVER (ORDER BY id) - 1 AS like_number, own.*"
            f" FROM {model._meta.db_table} AS own"
        )
        run(f"ALTER TABLE {table} ADD PRIMARY KEY (like_number)")
    IdentityPaper.objects.all()._raw_delete("default")
    Member.objects.all()._raw_delete("default")
    for table in ("place", "part", "body", "paper"):
        run(f"ANALYZE {table}")


def _cards(count: int, places: int) -> None:
    names, values = _columns(Member, OWN, "body")
    given = {"names": names, "values": values, "like": LIKE}
    with without_indexes(Member._meta.db_table):
        for first in range(0, count, AT_ONCE):
            numbers = NUMBERS.format(
                checked=CHECKED, places=places, people=count, slots=frequencies.SLOTS, first=first,
                last=min(count, first + AT_ONCE) - 1,
            )  # fmt: skip
            run(PEOPLE.format(numbers=numbers, **given))
    _renumber(Member)


def _papers() -> None:
    _insert(IdentityPaper, {"id": "m.id", "member_id": "m.id"}, "paper", f"paper.like_number = m.id % {LIKE}")


def _registrations() -> None:
    with without_indexes("members_registration"):
        run(
            "INSERT INTO members_registration (member_id, organization_id, started_on, start_reason, ground,"
            " arrived_from, minutes_number, end_reason, destination, end_paper, paper_card, mail_number)"
            " SELECT id, organization_id, joined_on, 'existing', '', '', '', '', '', '', '', '' FROM members_member"
        )


def _lines() -> None:
    with without_indexes("members_bookline"):
        run(
            "INSERT INTO members_bookline (unit_id, number, member_id, full_name, former_names, former_tickets,"
            " search_key, sort_key, birth_year, ticket_number, joined_year, entered_on, recorded_at, reason,"
            " destination) SELECT unit_id, row_number() OVER (PARTITION BY unit_id ORDER BY id), id, surname || ' ' ||"
            " given_name || ' ' || patronymic, '', '', lower(replace(replace(' ' || surname || ' ' || given_name || ' '"
            " || patronymic, 'ё', 'е'), 'Ё', 'е')) || ' ' || ticket_number || to_char(birth_date, ' YYYY'), sort_key,"
            " extract(year FROM birth_date), ticket_number, extract(year FROM joined_on), joined_on, now(), '', ''"
            " FROM members_member"
        )
    run("UPDATE registry_figures AS own SET last_book_line = counted.most FROM (SELECT unit_id, max(number) AS most"
        " FROM members_bookline GROUP BY unit_id) AS counted WHERE counted.unit_id = own.organization_id")  # fmt: skip


def _consents(text: ConsentText) -> None:
    with without_indexes(Consent._meta.db_table):
        run(
            "INSERT INTO documents_consent (member_id, purpose, text_id, state, printed_at, paper)"
            " SELECT id, 'processing', %s, 'printed', now(), '' FROM members_member",
            text.pk,
        )


def _figures() -> None:
    run(
        "UPDATE registry_figures AS own SET members = counted.people, consents_printed = counted.people,"
        " incomplete = counted.lacking FROM (SELECT unit_id, count(*) AS people,"
        " count(*) FILTER (WHERE missing > 0) AS lacking FROM members_member GROUP BY unit_id) AS counted"
        " WHERE counted.unit_id = own.organization_id"
    )
    assert Figures.objects.exists()


def _columns(model: type[models.Model], own: dict[str, str], like: str) -> tuple[str, str]:
    """Return the columns of the model and their values, by default those of the template row."""
    names = [field.column for field in model._meta.concrete_fields]
    quoted = [connection.ops.quote_name(name) for name in names]
    values = [own.get(name, f"{like}.{column}") for name, column in zip(names, quoted, strict=True)]
    return ", ".join(quoted), ", ".join(values)


def _insert(model: type[models.Model], own: dict[str, str], like: str, condition: str) -> None:
    names, values = _columns(model, own, like)
    with without_indexes(model._meta.db_table):
        run(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM members_member AS m"
            f" JOIN {like} ON {condition}"
        )
    _renumber(model)


def _renumber(model: type[models.Model]) -> None:
    table = model._meta.db_table
    run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _compare() -> None:
    """Raise `ValueError` if keys of the cards differ from the registry's own."""
    last = Member.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for member in Member.objects.filter(pk__in=range(1, last, max(1, last // 300))):
        before = (member.search_key, member.sort_key, member.name_key)
        renew_keys([member])
        if before != (after := (member.search_key, member.sort_key, member.name_key)):
            message = f"{before} is not {after}"
            raise ValueError(message)
    assert dt.date(1900, 1, 1) < Member.objects.order_by("pk")[0].birth_date  # type: ignore[operator]
