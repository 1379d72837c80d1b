"""Computes the books again from exported rows, in kopecks, without any code of the registry.

`Rows` are the rows of each table as dictionaries, with dates as texts. The module imports nothing of the project.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]
CHARGED = ("entrance", "annual", "property")
MONEY = ("received", "collector", "cash", "unknown")
POSTED = ("closed", "handed_in")
ON_THE_WAY = ("sent", "not_found")


class Books:
    """The rows, with accounts and entries by id."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.accounts = {row["id"]: row for row in rows["books"]}
        self.entries = {row["id"]: row for row in rows["entries"]}
        #: Ids of the entries that were reversed.
        self.gone = {row["reverses_id"] for row in rows["entries"] if row["reverses_id"]}

    def kind(self, entry: Row, side: str) -> str:
        return str(self.accounts[entry[f"{side}_id"]]["kind"])

    def valid(self, entry_id: int | None) -> int:
        """Return the amount of the entry, or 0 if there is none or it is reversed."""
        return 0 if entry_id is None or entry_id in self.gone else int(self.entries[entry_id]["amount"])

    def signed(self, entry: Row, side: str) -> int:
        """Return the amount of the entry, negative unless an account of that kind is debited."""
        return int(entry["amount"]) if self.kind(entry, "debit") == side else -int(entry["amount"])


def grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


# Members


def standing(entries: Iterable[Row]) -> tuple[int, str | None, int | None, int, str | None]:
    """Return the unpaid sum, since when, the year paid to, the advance, and the day that covered the entrance fee."""
    entries = list(entries)
    gone = {entry["reverses_id"] for entry in entries if entry["reverses_id"]}
    kept = [entry for entry in entries if entry["kind"] != "reversal" and entry["id"] not in gone]
    unpaid, advance, since = 0, 0, []
    paid_to = entrance_paid_on = None
    for fee in CHARGED:
        charges = sorted(
            (entry for entry in kept if entry["kind"] == "charge" and entry["fee"] == fee),
            key=lambda entry: (entry["due_on"], entry["id"]),
        )
        payments = sorted(
            (entry for entry in kept if entry["kind"] == "payment" and entry["fee"] == fee),
            key=lambda entry: (entry["made_on"], entry["id"]),
        )
        received = sum(entry["amount"] for entry in payments)
        named: dict[Any, int] = defaultdict(int)
        for entry in payments:
            named[entry["year"]] += entry["amount"]
        rests = {}
        for charge in charges:
            own = min(named[charge["year"]], charge["amount"]) if charge["year"] is not None else 0
            named[charge["year"]] -= own
            rests[charge["id"]] = charge["amount"] - own
        pool = sum(named.values())
        for charge in charges:
            taken = min(pool, rests[charge["id"]])
            pool -= taken
            rests[charge["id"]] -= taken
        owed = sum(rests.values())
        unpaid += owed
        since += [charge["due_on"] for charge in charges if rests[charge["id"]]]
        if charges or fee != "entrance":
            advance += received - (sum(charge["amount"] for charge in charges) - owed)
        if fee == "annual":
            years = sorted({charge["year"] for charge in charges})
            open_years = {charge["year"] for charge in charges if rests[charge["id"]]}
            clean = [year for year in years if not any(other <= year for other in open_years)]
            paid_to = max(clean, default=None)
        if fee == "entrance" and not owed:
            due, so_far = sum(charge["amount"] for charge in charges), 0
            for entry in payments:
                so_far += entry["amount"]
                if so_far >= due:
                    entrance_paid_on = entry["made_on"]
                    break
    return unpaid, min(since, default=None), paid_to, advance, entrance_paid_on


def owed_on(entries: Iterable[Row], last: str) -> int:
    """Return the unpaid sum at the end of the day; entries reversed later are excluded on every day."""
    return standing(entry for entry in entries if entry["kind"] == "reversal" or entry["made_on"] <= last)[0]


def standings(rows: Rows) -> dict[int, tuple[Any, ...]]:
    entries = grouped(rows["entries"], "account_id")
    return {account["id"]: standing(entries.get(account["id"], [])) for account in rows["accounts"]}


def years(rows: Rows, year: int, today: str) -> dict[int, tuple[int, int, int, int]]:
    """Return by organisation: charged and received in the year, the sum of members' arrears, their number."""
    books = Books(rows)
    home = {member["id"]: member["organization_id"] for member in rows["members"] if member["state"] == "on_account"}
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for entry in rows["entries"]:
        if entry["id"] in books.gone or not entry["made_on"].startswith(str(year)):
            continue
        if entry["kind"] == "charge" and books.kind(entry, "credit") != "opening":
            sums[entry["organization_id"]][0] += entry["amount"]
        if entry["kind"] == "payment" and books.kind(entry, "debit") != "opening":
            sums[entry["organization_id"]][1] += entry["amount"]
    of_account = {account["id"]: account["member_id"] for account in rows["accounts"]}
    for account, (unpaid, since, *_rest) in standings(rows).items():
        place = home.get(of_account[account])
        if place is not None and since is not None and since < today:
            sums[place][2] += unpaid
            sums[place][3] += 1
    return {place: (a, b, c, d) for place, (a, b, c, d) in sums.items()}


# Money


def balances(rows: Rows) -> dict[int, int]:
    """Return debits minus credits of every account of the books."""
    found = {account["id"]: 0 for account in rows["books"]}
    for entry in rows["entries"]:
        found[entry["debit_id"]] += entry["amount"]
        found[entry["credit_id"]] -= entry["amount"]
    return found


def cash_days(rows: Rows) -> dict[int, list[tuple[str, int, int, int, int]]]:
    """Return for each cash desk its days: date, opening balance, receipts, payments, closing balance."""
    books = Books(rows)
    moved: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for entry in rows["entries"]:
        for side, column in (("debit", 0), ("credit", 1)):
            if books.kind(entry, side) != "cash":
                continue
            sums = moved[entry["organization_id"]].setdefault(entry["made_on"], [0, 0])
            if entry["kind"] == "reversal":
                sums[1 - column] -= entry["amount"]
            else:
                sums[column] += entry["amount"]
    found = {}
    for place, days in moved.items():
        held, lines = 0, []
        for day in sorted(days):
            came, went = days[day]
            lines.append((day, held, came, went, held + came - went))
            held += came - went
        found[place] = lines
    return found


def registers(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return the total of each posted register, and the sum still to be handed in."""
    books = Books(rows)
    lines, orders = grouped(rows["register_lines"], "register_id"), grouped(rows["cash_orders"], "register_id")
    return {
        register["id"]: (
            sum(line["amount"] or 0 for line in lines[register["id"]]),
            sum(books.valid(line["entry_id"]) for line in lines[register["id"]])
            - sum(books.valid(order["entry_id"]) for order in orders.get(register["id"], [])),
        )
        for register in rows["registers"]
        if register["state"] in POSTED
    }


def unidentified(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return the number of open bank lines of each organisation, and the sum not yet posted from them."""
    books, parts = Books(rows), grouped(rows["bank_parts"], "line_id")
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for line in rows["bank_lines"]:
        if line["state"] == "open":
            found[line["organization_id"]][0] += 1
            posted = sum(books.valid(part["entry_id"]) for part in parts.get(line["id"], []))
            found[line["organization_id"]][1] += line["amount"] - posted
    return {place: (count, left) for place, (count, left) in found.items()}


def bank(rows: Rows) -> dict[tuple[int, str], int]:
    """Return the change of each bank account by the lines of its statements."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for line in rows["bank_lines"]:
        found[line["organization_id"], line["account"]] += line["amount"] if line["incoming"] else -line["amount"]
    return dict(found)


def payroll(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return the total of each list compared or posted, and the sum of its lines with a known member."""
    lines = grouped(rows["payroll_lines"], "payroll_list_id")
    return {
        one["id"]: (
            sum(line["amount"] for line in lines.get(one["id"], [])),
            sum(line["amount"] for line in lines.get(one["id"], []) if line["member_id"] is not None),
        )
        for one in rows["payroll_lists"]
        if one["state"] in {"compared", "posted"}
    }


# Between organisations


def settlements(rows: Rows, kind: str, known_at: str = "", last: str = "") -> dict[tuple[int, int], tuple[int, int]]:
    """Return the sums owed and settled, by the organisation of the account and its partner."""
    books = Books(rows)
    found: dict[tuple[int, int], list[int]] = {}
    rising = "credit" if kind == "owed_to" else "debit"
    for entry in rows["entries"]:
        if (known_at and entry["posted_at"] > known_at) or (last and entry["made_on"] > last):
            continue
        for side in ("debit", "credit"):
            account = books.accounts[entry[f"{side}_id"]]
            if account["kind"] != kind:
                continue
            sums = found.setdefault((account["organization_id"], account["partner_id"]), [0, 0])
            if entry["kind"] == "reversal":
                sums[1 if side == rising else 0] -= entry["amount"]
            else:
                sums[0 if side == rising else 1] += entry["amount"]
    return {pair: (owed, settled) for pair, (owed, settled) in found.items()}


def received(rows: Rows, place: int, first: str, last: str, known_at: str) -> int:
    """Return the income of the organisation in the period, from entries posted before `known_at`."""
    books, total = Books(rows), 0
    for entry in rows["entries"]:
        if entry["organization_id"] != place or not first <= entry["made_on"] <= last or entry["posted_at"] >= known_at:
            continue
        real = books.entries[entry["reverses_id"]] if entry["kind"] == "reversal" else entry
        paid = real["kind"] == "payment" and books.kind(real, "debit") in MONEY
        came = real["kind"] == "move" and books.kind(real, "credit") == "owed_by"
        if paid or came:
            total += entry["amount"] if real is entry else -entry["amount"]
    return total


def distributions(rows: Rows) -> dict[int, tuple[int, int, list[int]]]:
    """Return what each distribution received and corrected, and the amount of each share."""
    books = Books(rows)
    found: dict[int, tuple[int, int, list[int]]] = {}
    lines, shares = grouped(rows["distribution_lines"], "distribution_id"), grouped(rows["shares"], "decision_id")
    made = sorted(rows["distributions"], key=lambda one: one["id"])
    for one in made:
        moments = [books.entries[line["entry_id"]]["posted_at"] for line in lines[one["id"]] if line["entry_id"]]
        if not moments:
            continue
        of_place = [other for other in made if other["organization_id"] == one["organization_id"]]
        # Distributions taken back are excluded; only the last one can be taken back.
        before = [
            other
            for other in of_place
            if other["id"] < one["id"] and other["last"] < one["first"] and not other["taken_back_on"]
        ]
        came = received(rows, one["organization_id"], one["first"], one["last"], moments[0])
        corrections = 0
        if before:
            begin = min(other["first"] for other in before)
            earlier = received(rows, one["organization_id"], begin, max(other["last"] for other in before), moments[0])
            corrections = earlier - sum(found[other["id"]][0] + found[other["id"]][1] for other in before)
        total = came + corrections
        of_decision = sorted(shares[one["decision_id"]], key=lambda share: share["position"])
        parts = [total * share["percent"] // 10_000 for share in of_decision]
        parts[0] = total - sum(parts[1:])
        found[one["id"]] = (came, corrections, parts)
    return found


# Consistency


def problems(rows: Rows) -> list[str]:
    """Return every inconsistency between the rows."""
    books = Books(rows)
    checks: list[Callable[[Books], Iterable[str]]] = [
        _of_entries, _of_cash, _of_registers, _of_bank, _of_distributions, _of_remittances, _of_payroll,
    ]  # fmt: skip
    return [problem for check in checks for problem in check(books)]


def _of_entries(books: Books) -> Iterable[str]:
    for entry in books.rows["entries"]:
        places = {books.accounts[entry[f"{side}_id"]]["organization_id"] for side in ("debit", "credit")}
        if places != {entry["organization_id"]} or entry["amount"] <= 0:
            yield f"entry {entry['id']} is not in its own books"
        if entry["kind"] == "charge" and books.kind(entry, "debit") != "members":
            yield f"charge {entry['id']} is owed by nobody"
        if entry["kind"] == "payment" and books.kind(entry, "debit") not in {*MONEY, "opening"}:
            yield f"payment {entry['id']} brought no money"
        if entry["reverses_id"]:
            other = books.entries[entry["reverses_id"]]
            same = ("amount", "account_id", "organization_id", "fee", "year")
            turned = (entry["debit_id"], entry["credit_id"]) == (other["credit_id"], other["debit_id"])
            if not turned or any(entry[name] != other[name] for name in same):
                yield f"reversal {entry['id']} is not that of its entry"
    totals: dict[int, int] = defaultdict(int)
    for pk, balance in balances(books.rows).items():
        totals[books.accounts[pk]["organization_id"]] += balance
    yield from (f"the books of {place} differ by {rest}" for place, rest in totals.items() if rest)
    # Debts minus advances of members equal the balances of their accounts in the books.
    of_members: dict[int, int] = defaultdict(int)
    for entry in books.rows["entries"]:
        for side, sign in (("debit", 1), ("credit", -1)):
            if books.kind(entry, side) == "members":
                of_members[entry["account_id"]] += sign * entry["amount"]
    unadmitted = {
        account: sum(
            entry["amount"]
            for entry in entries
            if entry["kind"] == "payment" and entry["fee"] == "entrance" and entry["id"] not in books.gone
        )
        for account, entries in grouped(books.rows["entries"], "account_id").items()
        if not any(e["kind"] == "charge" and e["fee"] == "entrance" and e["id"] not in books.gone for e in entries)
    }
    for account, (unpaid, _since, _to, advance, _on) in standings(books.rows).items():
        if of_members[account] != unpaid - advance - unadmitted.get(account, 0):
            yield f"account {account} owes {unpaid} with an advance of {advance}, its books say {of_members[account]}"


def _of_cash(books: Books) -> Iterable[str]:
    for place, days in cash_days(books.rows).items():
        yield from (f"the cash desk of {place} is below zero on {day}" for day, *_sums, held in days if held < 0)
    for name, side in (("cash_orders", "debit"), ("expense_orders", "credit")):
        numbers: dict[Any, list[int]] = defaultdict(list)
        for order in books.rows[name]:
            entry = books.entries[order["entry_id"]]
            numbers[order["organization_id"], order["year"]].append(order["number"])
            same = all(order[own] == entry[own] for own in ("amount", "made_on", "organization_id"))
            if not same or books.kind(entry, side) != "cash" or order["made_on"][:4] != str(order["year"]):
                yield f"{name}: {order['id']} is not its entry"
        yield from (
            f"{name}: the numbers of {place} have gaps"
            for place, found in numbers.items()
            if sorted(found) != list(range(1, len(found) + 1))
        )
    ordered = {order["entry_id"] for name in ("cash_orders", "expense_orders") for order in books.rows[name]}
    for entry in books.rows["entries"]:
        moves_cash = entry["kind"] == "move" and "cash" in {books.kind(entry, "debit"), books.kind(entry, "credit")}
        if moves_cash and entry["id"] not in ordered:
            yield f"entry {entry['id']} moves cash without an order"


def _of_registers(books: Books) -> Iterable[str]:
    rows, found = books.rows, registers(books.rows)
    orders = grouped(rows["registers"], "order_id")
    for register in rows["registers"]:
        total, left = found.get(register["id"], (0, 0))
        if register["total"] != total:
            yield f"register {register['id']}: {register['total']} instead of {total}"
        if register["state"] in POSTED and (left < 0 or (left > 0) != (register["state"] == "closed")):
            yield f"register {register['id']} is {register['state']} with {left} left"
    of_register = {register["id"]: register for register in rows["registers"]}
    for line in rows["register_lines"]:
        register = of_register[line["register_id"]]
        if register["state"] not in POSTED or line["amount"] is None:
            continue
        entry = books.entries.get(line["entry_id"])
        if entry is None or (entry["amount"], entry["made_on"]) != (line["amount"], line["paid_on"]):
            yield f"line {line['id']} of register {register['id']} is not its payment"
        elif books.accounts[entry["debit_id"]]["collector_id"] != register["order_id"]:
            yield f"line {line['id']} of register {register['id']} was paid to somebody else"
    held = balances(rows)
    for account in rows["books"]:
        if account["kind"] == "collector":
            left = sum(found.get(register["id"], (0, 0))[1] for register in orders.get(account["collector_id"], []))
            if held[account["id"]] != left:
                yield f"collector {account['collector_id']} holds {held[account['id']]}, their registers have {left}"


def _of_bank(books: Books) -> Iterable[str]:
    rows = books.rows
    lines, parts = grouped(rows["bank_lines"], "statement_id"), grouped(rows["bank_parts"], "line_id")
    for one in rows["statements"]:
        own = lines.get(one["id"], [])
        came = sum(line["amount"] for line in own if line["incoming"])
        went = sum(line["amount"] for line in own if not line["incoming"])
        if (one["received"], one["paid"], one["documents"] - one["repeated"]) != (came, went, len(own)):
            yield f"statement {one['id']} is not what its lines come to"
    for line in rows["bank_lines"]:
        entry = books.entries[line["entry_id"]]
        side, other = ("debit", "credit") if line["incoming"] else ("credit", "debit")
        account = books.accounts[entry[f"{side}_id"]]
        same = (entry["amount"], entry["made_on"]) == (line["amount"], line["made_on"])
        if not same or (account["kind"], account["number"]) != ("bank", line["account"]) or entry["id"] in books.gone:
            yield f"bank line {line['id']} is not its entry"
        posted = sum(books.valid(part["entry_id"]) for part in parts.get(line["id"], []))
        whole = {"open": posted < line["amount"], "posted": posted == line["amount"]}.get(line["state"], True)
        came_as_other = line["state"] == "other" and posted in {0, line["amount"]}
        if line["posted"] != posted or not whole or (line["state"] == "other" and not came_as_other):
            yield f"bank line {line['id']} is {line['state']}, and {posted} of {line['amount']} are posted"
        if books.kind(entry, other) not in {"unknown", "other"}:
            yield f"bank line {line['id']} came from nowhere"
    held, open_money = balances(rows), unidentified(rows)
    stated = bank(rows)
    for account in rows["books"]:
        place = account["organization_id"]
        if account["kind"] == "unknown" and -held[account["id"]] != open_money.get(place, (0, 0))[1]:
            yield f"{place} has {-held[account['id']]} not identified, its lines have {open_money.get(place)}"
        if account["kind"] == "bank":
            # Money paid in by the cash desk and not yet on a statement, and organisations without statements.
            of_lines = {line["entry_id"] for line in rows["bank_lines"]}
            others = sum(
                (entry["amount"] if entry["debit_id"] == account["id"] else -entry["amount"])
                for entry in rows["entries"]
                if account["id"] in {entry["debit_id"], entry["credit_id"]} and entry["id"] not in of_lines
            )
            if held[account["id"]] != stated.get((place, account["number"]), 0) + others:
                yield f"account {account['number']} of {place} is not what its statements say"


def _of_distributions(books: Books) -> Iterable[str]:
    rows, reckoned = books.rows, distributions(books.rows)
    lines = grouped(rows["distribution_lines"], "distribution_id")
    shares = {share["id"]: share for share in rows["shares"]}
    for one in rows["distributions"]:
        own = sorted(lines[one["id"]], key=lambda line: shares[line["share_id"]]["position"])
        amounts = [line["amount"] for line in own]
        if one["id"] in reckoned and (one["received"], one["corrections"], amounts) != reckoned[one["id"]]:
            yield f"distribution {one['id']}: {one['received'], one['corrections'], amounts}, {reckoned[one['id']]}"
        for line in own:
            target = shares[line["share_id"]]["organization_id"]
            if target == one["organization_id"] or not line["amount"]:
                continue
            mine, theirs = books.entries.get(line["entry_id"]), books.entries.get(line["claim_id"])
            for entry, place in ((mine, one["organization_id"]), (theirs, target)):
                if entry is None or (entry["amount"], entry["organization_id"]) != (line["amount"], place):
                    yield f"line {line['id']} of distribution {one['id']} is not in the books of {place}"
                elif (entry["id"] in books.gone) != bool(one["taken_back_on"]):
                    yield f"line {line['id']} of distribution {one['id']} is taken back by halves"


def _of_remittances(books: Books) -> Iterable[str]:
    rows = books.rows
    owed, claimed = settlements(rows, "owed_to"), settlements(rows, "owed_by")
    on_the_way: dict[tuple[int, int], int] = defaultdict(int)
    for one in rows["remittances"]:
        entry, receipt = books.entries[one["entry_id"]], books.entries.get(one["receipt_id"])
        pair = one["organization_id"], one["receiver_id"]
        if (entry["amount"], entry["made_on"], entry["organization_id"]) != (one["amount"], one["made_on"], pair[0]):
            yield f"remittance {one['id']} is not its entry"
        if (entry["id"] in books.gone) != (one["state"] == "taken_back"):
            yield f"remittance {one['id']} is {one['state']}, its entry is not"
        if one["state"] in ON_THE_WAY:
            on_the_way[pair] += one["amount"]
        if (receipt is not None) != (one["state"] == "received"):
            yield f"remittance {one['id']} is {one['state']} without a receipt"
        if receipt is not None and (receipt["amount"], receipt["organization_id"]) != (one["amount"], pair[1]):
            yield f"remittance {one['id']} is not what was received"
    for own, other in sorted({*owed, *((lower, upper) for upper, lower in claimed)}):
        mine, theirs = owed.get((own, other), (0, 0)), claimed.get((other, own), (0, 0))
        if mine[0] != theirs[0] or mine[1] != theirs[1] + on_the_way[own, other] or not 0 <= mine[1] <= mine[0]:
            yield f"{own} owes {other} {mine}, which claims {theirs}, {on_the_way[own, other]} on the way"
    for act in rows["acts"]:
        pair, until = (act["organization_id"], act["superior_id"]), (act["drawn_at"], act["last"])
        mine = settlements(rows, "owed_to", *until).get(pair, (0, 0))
        theirs = settlements(rows, "owed_by", *until).get((pair[1], pair[0]), (0, 0))
        if (act["owed"], act["claimed"]) != (mine[0] - mine[1], theirs[0] - theirs[1]):
            yield f"act {act['id']} says {act['owed'], act['claimed']}, the books {mine, theirs}"


def _of_payroll(books: Books) -> Iterable[str]:
    rows, found = books.rows, payroll(books.rows)
    parts = grouped(rows["payroll_parts"], "payroll_list_id")
    for one in rows["payroll_lists"]:
        total, known = found.get(one["id"], (0, 0))
        if one["state"] in {"compared", "posted"} and one["total"] != total:
            yield f"payroll list {one['id']}: {one['total']} instead of {total}"
        posted = 0
        for part in parts.get(one["id"], []):
            entry = books.entries[part["entry_id"]]
            if part["times"] == one["times"] and one["state"] == "posted":
                posted += -entry["amount"] if entry["kind"] == "reversal" else entry["amount"]
            elif entry["kind"] != "reversal" and entry["id"] not in books.gone:
                yield f"payroll list {one['id']} is {one['state']} and has entry {entry['id']}"
        if one["state"] == "posted" and posted != known:
            yield f"payroll list {one['id']} posted {posted} of {known}"
