"""
The stored facts of many claims at once, read straight from the tables.

Deliberately not through the queries that the process itself uses: a fault in those would be the
same on both sides. Reads only; one statement a table and batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

import orjson

from yilu.audit import rules
from yilu.audit.rules import facts
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.people.queries import ROLE_RIGHTS

FACTS = (
    "claim_type", "event_on", "contract", "cause", "bills", "stays", "diagnoses", "injuries", "passing",
    "circumstances", "owed_premium", "paid_elsewhere", "other_death_cover", "upheld", "reported_on",
)  # fmt: skip
CONTRACT = (
    "sum_insured", "effective_on", "formed_on", "continuous_since", "insured_birth_date", "ends_on",
    "with_social_insurance", "pay_mode", "premium", "paid_to", "owed_premium", "premiums_paid", "cash_value",
    "loan_owed", "suspended_on", "reinstated_on", "ended_on", "ending", "waived_from", "gaps",
    "waives", "added_sum", "added_value",
)  # fmt: skip
"""In which order a calculation keeps what it was made from; a test holds both against the code."""
BILLED = ("MEDICAL", "ACCIDENT", "ALLOWANCE")


class Unreadable(Exception):
    """What was kept with a calculation is not of the known form."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some claims with money, in the order of their ids, their offices, and the last id looked at."""

    dossiers: tuple[rules.Dossier, ...]
    office_of: dict[int, int]
    reached: int


_CLAIMS = """
    select c.id, c.state, c.outcome, coalesce(c.benefit_amount, 0), c.paid_amount, c.claim_type, c.loss_date,
           c.loss, c.reported_at, c.policy_id, p.product_version_id, p.sum_insured, p.effective_on,
           coalesce(p.contested_since, p.formed_on),
           p.with_social_insurance, party.birth_date, c.office_id,
           m.premium_paid, m.premium_due
      from claims_claim c
      join policies_policy p on p.id = c.policy_id
      join people_party party on party.id = p.insured_id
      left join claims_misstatedage m
             on m.claim_id = c.id and m.state = 'STANDS' and m.way = 'PROPORTION'
     where {which}
     order by c.id limit %s::int
"""
_NEXT = """
    c.id > %s::bigint
       and (exists (select 1 from claims_decision d where d.claim_id = c.id and d.state = 'STANDS')
            or exists (select 1 from payments_payout o where o.about = 'claim:' || c.id)
            or exists (select 1 from policies_benefituse u where u.claim_ref = 'claim:' || c.id))
"""
_DECISIONS = """
    select d.claim_id, d.id, d.kind, d.amount, d.decided_by, d.calculation_id, k.benefit,
           exists (select 1 from claims_decision other
                    where other.claim_id = d.claim_id and other.id <> d.id and other.state = 'STANDS'
                      and other.kind <> 'ADVANCE' and other.decided_by = d.decided_by),
           coalesce((select max(r.amount_limit) from people_staffrole r
                      join people_office o on o.id = r.office_id
                      join people_office here on here.id = c.office_id and here.path like o.path || '%%'
                     where 'staff:' || r.staff_id = d.decided_by and r.role = any(%s::text[])), 0),
           d.meets_deductible, d.approved_by not in ('', d.decided_by), least(h.ceiling, h.expected)
      from claims_decision d
      join claims_claim c on c.id = d.claim_id
      left join claims_calculation k on k.id = d.calculation_id
      left join claims_careorder h on h.decision_id = d.id and h.state = 'DONE' and h.amount = d.amount
     where d.claim_id = any(%s::bigint[]) and d.state = 'STANDS'
     order by d.id
"""
_CALCULATIONS = """
    select id, claim_id, chosen, inputs, result, benefit from claims_calculation where id = any(%s::bigint[])
"""
_PAYOUTS = """
    select split_part(about, ':', 2)::bigint, id, amount, state, replaces_id, purpose = 'INTEREST',
           (ended_at at time zone 'Asia/Shanghai')::date
      from payments_payout where about = any(%s::text[]) order by id
"""
_USES = """
    select asked.id, ordinal, claim_ref, benefit_code, year, visit, used_on, paid, deductible_used, days, times,
           condition, "group", level, u.policy_id <> asked.id
      from policies_policy asked
      join policies_benefituse u
        on coalesce(u.lineage_id, u.policy_id) = coalesce(asked.lineage_id, asked.id)
     where asked.id = any(%s::bigint[]) order by asked.id, ordinal
"""
_INVOICES = """
    select split_part(u.subject, ':', 2)::bigint, i.payee_name, i.total, i.fund_paid, i.other_paid, i.self_cost,
           i.visit_kind, i.admitted_on, i.discharged_on, i.visited_on, i.issued_on, i.department, i.lines
      from documents_upload u join documents_invoice i on i.upload_id = u.id
     where u.subject = any(%s::text[]) and u.live order by u.id
"""
# What is asked back because a decision was too high lessens what was paid. Whoever was declared dead and
# came back lessens nothing: the decision was right on its day, and stands.
_OWED_BACK = """
    select split_part(r.about, ':', 2)::bigint, sum(r.amount) from payments_receivable r
     where r.about = any(%s::text[]) and r.state <> 'WITHDRAWN'
       and not exists (select 1 from claims_recovery c where c.receivable_id = r.id and c.cause = 'RETURNED')
     group by 1
"""
_SHARES = """
    select y.claim_id, y.amount, y.payout_id from claims_payee y
      join claims_decision d on d.id = y.decision_id and d.state = 'STANDS'
     where y.claim_id = any(%s::bigint[])
"""
_LATE = """
    select claim_id, payout_id, principal, paid_on,
           greatest(paid_on - pay_by, 0) + coalesce(decided_on - decide_by, 0), waited_days, days, rate, year_days,
           amount, granted_days, granted, interest_payout_id
      from claims_lateinterest where claim_id = any(%s::bigint[]) order by id
"""
# The law's clock says that the money came late, no account was waited for, and nobody was asked.
_LATE_UNASKED = """
    select distinct c.id from claims_claim c
      join claims_decision d on d.claim_id = c.id and d.state = 'STANDS' and d.kind in ('APPROVE', 'PARTIAL')
      join obligations_clock k on k.subject = 'claim:' || c.id and k.code = 'law.pay_ten_days'
                              and k.ordinal = d.id and k.state = 'MET_LATE'
      join payments_payout o on o.about = 'claim:' || c.id and o.purpose = 'CLAIM' and o.state = 'SETTLED'
                            and o.replaces_id is null and o.amount >= 100
                            and (o.requested_at at time zone 'Asia/Shanghai')::date
                              <= (c.decided_at at time zone 'Asia/Shanghai')::date
                            and (o.ended_at at time zone 'Asia/Shanghai')::date
                              > ((k.due_at - interval '1 microsecond') at time zone 'Asia/Shanghai')::date
     where c.id = any(%s::bigint[])
       and not exists (select 1 from claims_lateinterest l where l.payout_id = o.id)
"""
_COUNTED = "select claim_id, payout_id from claims_settlement where claim_id = any(%s::bigint[])"

GRACE_ROLES = sorted(role for role, rights in ROLE_RIGHTS.items() if "claims.review" in rights)
"""Who may grant what is not owed."""


def read_next(after: int, limit: int) -> Batch:
    """The next claims that have money decided, paid or counted, with all that is on record."""
    return _read(tx.rows(_CLAIMS.format(which=_NEXT), [after, limit]), after)


def read_again(claim_ids: Sequence[int]) -> Batch:
    """
    The same claims once more, held still meanwhile: whoever changes a claim's money locks its row.

    What was half done when the statements of a batch were read one after the other is whole now.
    """
    ids = sorted(claim_ids)
    tx.rows(
        "select 1 from claims_claim where id = any(%s::bigint[]) order by id for no key update",
        [ids],
    )
    which = "c.id = any(%s::bigint[])"
    return _read(tx.rows(_CLAIMS.format(which=which), [ids, len(ids)]), 0)


def _read(claims: Sequence[tuple[Any, ...]], after: int) -> Batch:
    if not claims:
        return Batch((), {}, after)
    ids = [row[0] for row in claims]
    refs = [f"claim:{claim_id}" for claim_id in ids]
    decisions = _grouped(tx.rows(_DECISIONS, [GRACE_ROLES, ids]))
    wanted = [d[4] for rows in decisions.values() for d in rows if d[4] is not None]
    calculations = {row[0]: row for row in tx.rows(_CALCULATIONS, [wanted])}
    uses: dict[int, list[Any]] = defaultdict(list)
    for row in tx.rows(_USES, [sorted({row[9] for row in claims})]):
        uses[row[0]].append(row)
    tables = _Tables(
        decisions, calculations, _grouped(tx.rows(_PAYOUTS, [refs])), uses,
        _grouped(tx.rows(_INVOICES, [refs])), dict(tx.rows(_OWED_BACK, [refs])),
        _grouped(tx.rows(_SHARES, [ids])), _grouped(tx.rows(_COUNTED, [ids])),
        _grouped(tx.rows(_LATE, [ids])), {row[0] for row in tx.rows(_LATE_UNASKED, [ids])},
    )  # fmt: skip
    offices = {row[0]: row[16] for row in claims}
    return Batch(tuple(_dossier(row, tables) for row in claims), offices, ids[-1])


@dataclass(frozen=True, slots=True)
class _Tables:
    decisions: dict[int, list[tuple[Any, ...]]]
    calculations: dict[int, tuple[Any, ...]]
    payouts: dict[int, list[tuple[Any, ...]]]
    uses: dict[int, list[Any]]
    invoices: dict[int, list[tuple[Any, ...]]]
    owed_back: dict[int, Any]
    shares: dict[int, list[tuple[Any, ...]]]
    counted: dict[int, list[tuple[Any, ...]]]
    late: dict[int, list[tuple[Any, ...]]]
    late_unasked: set[int]


def _grouped(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


def _dossier(row: tuple[Any, ...], tables: _Tables) -> rules.Dossier:
    claim_id, state, outcome, benefit, paid = row[:5]
    decisions = tables.decisions.get(claim_id, [])
    rests_on = next((d[4] for d in decisions if d[1] in ("APPROVE", "PARTIAL") or d[8]), None)
    calculation, unreadable = None, ""
    mine = [u for u in tables.uses[row[9]] if u[2] == f"claim:{claim_id}"]
    if rests_on is not None:
        try:
            calculation = _calculated(row, tables, tables.calculations[rests_on])
        except (Unreadable, KeyError, ValueError, TypeError, IndexError) as why:
            unreadable = type(why).__name__
    return rules.Dossier(
        claim_id=claim_id, state=state, outcome=outcome, benefit_amount=Fraction(benefit),
        paid_amount=Fraction(paid), calculation=calculation, unreadable=unreadable,
        decisions=tuple(
            rules.Decided(
                d[0], d[1], Fraction(d[2]), d[3],
                may_grant_grace=d[3].startswith("staff:") and not d[6] and d[2] <= d[7],
                calculated=None if d[5] is None else Fraction(d[5]), meets_deductible=d[8],
                by_two=d[9], ceiling=None if d[10] is None else Fraction(d[10]),
            )
            for d in decisions
        ),
        ledger=tuple(_entry(u) for u in mine),
        payouts=tuple(
            rules.Paid(p[0], Fraction(p[1]), p[2], p[3], interest=p[4], ended_on=p[5])
            for p in tables.payouts.get(claim_id, [])
        ),
        owed_back=Fraction(tables.owed_back.get(claim_id, 0)),
        shares=tuple((Fraction(s[0]), s[1]) for s in tables.shares.get(claim_id, [])),
        counted_payouts=frozenset(c[0] for c in tables.counted.get(claim_id, [])),
        late=tuple(
            rules.Late(
                x[0], Fraction(x[1]), x[2], x[3], x[4], x[5], Fraction(x[6]), x[7], Fraction(x[8]), x[9],
                None if x[10] is None else Fraction(x[10]), x[11],
            )
            for x in tables.late.get(claim_id, [])
        ),
        late_unasked=claim_id in tables.late_unasked,
    )  # fmt: skip


def _calculated(row: tuple[Any, ...], tables: _Tables, kept: tuple[Any, ...]) -> rules.Calculated:
    """The case from its sources; only what changes with time comes from what was kept."""
    claim_id, claim_type, loss_date, loss, reported_at = row[0], row[5], row[6], row[7], row[8]
    _, _, chosen, inputs, result, benefit = (_json(each) for each in kept)
    case = dict(zip(FACTS, inputs[0], strict=False))
    then = dict(zip(CONTRACT, case["contract"], strict=False))
    seen = int(inputs[2][0])
    loss = _json(loss)
    contract = facts.Contract(
        sum_insured=facts.figure(then["sum_insured"]), effective_on=_day(then["effective_on"]),
        formed_on=_day(then["formed_on"]), continuous_since=_day(then["continuous_since"]),
        born_on=_maybe(then["insured_birth_date"]), ends_on=_maybe(then["ends_on"]),
        with_social=bool(then["with_social_insurance"]), pay_mode=then["pay_mode"],
        paid_to=_maybe(then["paid_to"]), premiums_paid=facts.figure(then["premiums_paid"]),
        cash_value=facts.figure(then["cash_value"]), loan=facts.figure(then["loan_owed"]),
        reinstated_on=_maybe(then["reinstated_on"]),
        added=facts.figure(then.get("added_sum")), added_value=facts.figure(then.get("added_value")),
    )  # fmt: skip
    papers = [_Paper(*each) for each in tables.invoices.get(claim_id, [])]
    billed = claim_type in BILLED
    passing = loss.get("passing")
    return rules.Calculated(
        case=facts.Case(
            claim_type=claim_type, event_on=_maybe(loss.get("event_on")) or loss_date, contract=contract,
            cause="ACCIDENT" if claim_type == "ACCIDENT" else loss.get("cause", "ILLNESS"),
            bills=tuple(b for b in map(_bill, papers) if b is not None) if billed else (),
            stays=_stays(papers, loss.get("stays", ())) if billed else (),
            diagnoses=tuple((code, _day(on)) for code, on in loss.get("diagnoses", ())),
            injuries=tuple((part, int(grade)) for part, grade, *_ in loss.get("injuries", ())),
            died_on=_day(passing[0]) if passing else None, transport=passing[1] if passing else "",
            circumstances=tuple(loss.get("circumstances", ())), upheld=tuple(chosen.get("upheld", ())),
            owed_premium=facts.figure(case["owed_premium"]),
            paid_elsewhere=facts.figure(chosen.get("paid_elsewhere")),
            other_death_cover=facts.figure(chosen.get("other_death_cover")),
            reported_on=_local(reported_at),
            premiums=None if row[18] is None else (Fraction(row[17]), Fraction(row[18])),
        ),
        terms=_wording(row[10]),
        before=tuple(_entry(u) for u in tables.uses[row[9]] if u[1] <= seen),
        benefit=Fraction(benefit),
        lines=tuple(facts.figure(line["amount"]) for line in result["lines"]),
        waived_from=result.get("waived_from"),
        policy=facts.Contract(
            Fraction(row[11]), row[12], row[13], contract.continuous_since, row[15], with_social=row[14]
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paper:
    payee_name: str
    total: Any
    fund_paid: Any
    other_paid: Any
    self_cost: Any
    visit_kind: str
    admitted_on: date | None
    discharged_on: date | None
    visited_on: date | None
    issued_on: date | None
    department: str
    lines: Any

    @property
    def on(self) -> date | None:
        return self.admitted_on or self.visited_on or self.issued_on

    @property
    def visit(self) -> str:
        return f"{self.payee_name[:50]}|{self.on}"


def _bill(paper: _Paper) -> facts.Bill | None:
    if paper.on is None or paper.total is None:
        return None
    kind = paper.visit_kind or ("INPATIENT" if paper.admitted_on else "OUTPATIENT")
    if kind == "OUTPATIENT" and "急诊" in paper.department:
        kind = "EMERGENCY"
    return facts.Bill(
        visit=paper.visit, kind=kind, on=paper.on, total=Fraction(paper.total),
        fund=facts.figure(paper.fund_paid), other=facts.figure(paper.other_paid),
        self_cost=None if paper.self_cost is None else Fraction(paper.self_cost),
        lines=tuple(
            facts.BillLine(line.get("category", ""), facts.figure(line["amount"]))
            for line in _json(paper.lines)
        ),
    )  # fmt: skip


def _stays(papers: Sequence[_Paper], said: Sequence[Sequence[Any]]) -> tuple[facts.Stay, ...]:
    stays = {v: facts.Stay(v, _day(a), _day(b), int(icu)) for v, a, b, icu in said}
    for paper in papers:
        if paper.admitted_on and paper.discharged_on:
            icu = stays[paper.visit].icu_days if paper.visit in stays else 0
            stays[paper.visit] = facts.Stay(
                paper.visit, paper.admitted_on, paper.discharged_on, icu
            )
    return tuple(stays.values())


def _entry(u: Sequence[Any]) -> facts.Entry:
    return facts.Entry(
        benefit=u[3], year=u[4], visit=u[5], on=u[6], paid=Fraction(u[7]), deductible=Fraction(u[8]),
        days=u[9], times=u[10], condition=u[11], group=u[12], level=u[13],
        elsewhere=u[14],
    )  # fmt: skip


@lru_cache(maxsize=512)
def _wording(version_id: int) -> facts.Wording:
    """A published wording never changes."""
    rows = tx.rows(
        "select terms::text from products_productversion where id = %s::bigint", [version_id]
    )
    wording: facts.Wording = orjson.loads(rows[0][0])
    return wording


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _maybe(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _local(at: datetime) -> date:
    return day_of(at)
