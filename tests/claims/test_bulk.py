"""A hospital's batch of visits: written set by set, and not a cent or a row different from one by one."""

from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal

import orjson
import pytest
from django.db import connection, transaction

from tests import make
from yilu.claims import operations as claims
from yilu.claims.operations import bulk
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries as persons
from yilu.policies import operations as policies

pytestmark = pytest.mark.django_db

HOSPITAL = Ref("provider", 7)


@pytest.fixture
def town(insurer):
    """An office, a hospital with an account of its own, and people with policies."""
    return Town()


class Town:
    def __init__(self):
        self.office = make.office()
        self.hospital = make.party(self.office, kind="ORGANISATION", name="第一人民医院")
        self.account = make.account(self.hospital)

    def people(self, count):
        told = [
            people.NewParty(
                name="林客户", office_id=self.office, identity_kind="RESIDENT_ID",
                identity_number=make.resident_id(), phone=make.mobile(),
            )
            for _ in range(count)
        ]  # fmt: skip
        ids = people.register_parties(parties=told, actor=SYSTEM, at=make.NOON)
        for party_id in ids:
            for purpose in bulk.PURPOSES:
                people.give_consent(
                    party_id=party_id, purpose=purpose, channel="APP",
                    text_version=persons.consent_text(purpose).version,
                    actor=Ref("party", party_id), at=make.NOON,
                )  # fmt: skip
        make.product("small-medical")
        issued = policies.issue_policies(
            new=[
                policies.NewPolicy(
                    product_code="small-medical", holder_id=each, insured_id=each,
                    office_id=self.office, effective_on=date(2025, 9, 1), premium=Decimal("280.00"),
                    sum_insured=Decimal(20_000), with_social_insurance=True,
                )
                for each in ids
            ],
            actor=SYSTEM, at=make.NOON,
        )  # fmt: skip
        return list(zip(ids, [i.number for i in issued], strict=True))

    def visit(self, person, key, invoices, **given):
        party_id, number = person
        told = {
            "policy_number": number, "claimant_id": party_id, "claim_type": "MEDICAL",
            "loss_date": date(2026, 3, 1), "channel": "PROVIDER", "request_key": key,
            "account_id": self.account,
            "assignment": claims.Assignment(self.hospital, Ref("authorisation", 1)),
        } | given  # fmt: skip
        return bulk.Visit(claims.Report(**told), invoices)


def singly(visits):
    """Each through the single path; what was refused is told by its code."""
    told = {}
    for place, visit in enumerate(visits):
        try:
            made, state = claims.report_with_invoices(
                report=visit.report, provider_id=7, invoices=visit.invoices, actor=HOSPITAL,
                at=make.NOON,
            )  # fmt: skip
            told[place] = (state, made.is_new)
        except Refusal as refusal:
            told[place] = (refusal.code, False)
    return told


def at_once(visits):
    """The chunk set by set, then singly what is left."""
    settled = tx.use_case(bulk.settle_plain)(visits, provider_id=7, actor=HOSPITAL, at=make.NOON)
    left = [n for n in range(len(visits)) if n not in settled]
    told = {n: (each.state, True) for n, each in settled.items()}
    told |= {left[n]: each for n, each in singly([visits[n] for n in left]).items()}
    return settled, dict(sorted(told.items()))


SHOWN = {
    "claim": "select * from claims_claim order by request_key, claimant_id",
    "upload": "select u.*, c.request_key as tap from documents_upload u join claims_claim c on u.subject = 'claim:' || c.id order by c.request_key, u.sha256",
    "invoice": "select i.*, c.request_key as tap from documents_invoice i join documents_upload u on u.id = upload_id join claims_claim c on u.subject = 'claim:' || c.id order by c.request_key, i.number",
    "calculation": "select k.*, c.request_key as tap from claims_calculation k join claims_claim c on c.id = claim_id order by c.request_key, ordinal",
    "decision": "select d.*, c.request_key as tap from claims_decision d join claims_claim c on c.id = claim_id order by c.request_key",
    "use": "select * from policies_benefituse order by policy_id, ordinal",
    "payout": "select p.*, c.request_key as tap from payments_payout p join claims_claim c on p.about = 'claim:' || c.id order by c.request_key",
    "letter": "select l.*, c.request_key as tap from letters_issuedletter l join claims_claim c on l.about = 'claim:' || c.id order by c.request_key, kind",
    "message": "select m.*, c.request_key as tap from messaging_message m join claims_claim c on m.about = 'claim:' || c.id order by c.request_key, m.id",
    "event": "select e.*, c.request_key as tap from journal_event e join claims_claim c on e.subject = 'claim:' || c.id or e.facts->>'subject' = 'claim:' || c.id order by c.request_key, e.id",
    "clock": "select o.*, c.request_key as tap from obligations_clock o join claims_claim c on o.subject = 'claim:' || c.id order by c.request_key, o.version_id, o.ordinal",
    "trace": "select t.*, c.request_key as tap from risk_trace t join claims_claim c on t.subject = 'claim:' || c.id order by c.request_key, kind, key",
    "signal": "select s.*, c.request_key as tap from risk_signal s join claims_claim c on s.subject = 'claim:' || c.id order by c.request_key, signal",
    "item": "select i.*, c.request_key as tap from work_item i join claims_claim c on i.subject = 'claim:' || c.id order by c.request_key, queue_id",
    "owed": "select r.subscriber, r.state, e.kind, c.request_key as tap from journal_reaction r join journal_event e on e.id = event_id join claims_claim c on e.subject = 'claim:' || c.id order by c.request_key, e.id, subscriber",
}  # fmt: skip
NUMBERED = {
    "id", "number", "claim_id", "subject", "about", "upload_id", "calculation_id", "decision_id",
    "payout_id", "code", "claim_ref", "started_by", "ended_by", "started_by_id", "stopped_by_id",
    "event_id", "seq", "ordinal", "met_by", "into_claim_id", "started_event", "cancelled_by", "xact", "nonce", "bank_key", "message_key", "queued_at", "recorded_at", "created_at", "written_at", "first_id", "merged_into_id", "lane",
}  # fmt: skip
"""What rows are called by, different in every run; and the lane: what a batch orders waits for single cases."""


def rows_of_everything():
    """Every row of every table that a claim writes, without the numbers by which rows are called."""
    found = {}
    with connection.cursor() as cursor:
        for name, sql in SHOWN.items():
            cursor.execute(sql)
            columns = [c.name for c in cursor.description]
            found[name] = [
                {k: _plain(v) for k, v in zip(columns, row, strict=True) if k not in NUMBERED}
                for row in cursor.fetchall()
            ]
    return found


def _plain(value):
    if isinstance(value, memoryview):
        return bytes(value).hex()
    if isinstance(value, str) and value.startswith(("{", "[")):
        value = orjson.loads(value)
    if isinstance(value, str) and value.startswith(("claim:", "C2026")):
        return "claim"
    if isinstance(value, str):  # a key of a message names its claim in the middle
        return re.sub(r"\bclaim:\d+", "claim", value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k not in NUMBERED}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def same(visits):
    """Run the visits singly, forget it, run them at once: the same told and the same rows."""
    before = transaction.savepoint()
    one_by_one = singly(visits)
    expected = rows_of_everything()
    transaction.savepoint_rollback(before)
    settled, told = at_once(visits)
    found = rows_of_everything()
    assert told == one_by_one
    for name in SHOWN:
        assert found[name] == expected[name], name
    return settled, told


def some_visits(town, count, chance):
    """Visits as they come: most are plain, some are doubtful, some cannot be claims at all."""
    persons_ = town.people(count)
    visits = []
    for n, person in enumerate(persons_):
        if n and chance.random() < 0.08:
            person = chance.choice(persons_[:n])  # comes again
        listed = "AAB" if chance.random() < 0.8 else ["A", "B", "C", "OWN", ""]
        lines = [
            {
                "name": f"项目{i}", "category": chance.choice(listed),
                "amount": f"{chance.randrange(1_00, 900_00) / 100:.2f}",
            }
            for i in range(chance.randrange(1, 7))
        ]  # fmt: skip
        total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
        bill = make.invoice(
            lines=lines, total=str(total), check_code="a1b2c3",
            fund_paid=str((total * Decimal(chance.choice(["0", "0.3", "0.5", "0.6"]))).quantize(Decimal("0.01"))),
        )  # fmt: skip
        given, sort = {}, chance.random()
        if sort < 0.35:
            bill |= {
                "kind": "FISCAL_OUTPATIENT", "visit_kind": "OUTPATIENT", "admitted_on": None,
                "discharged_on": None, "hospital_days": None, "visited_on": "2026-03-02",
            }  # fmt: skip
        elif sort < 0.40:
            bill["payer_name"] = "别人"
        elif sort < 0.45:
            bill["total"] = str(total + 1)  # does not add up: refused
        elif sort < 0.50:
            given["loss_date"] = date(2026, 3, 3)  # the bill is older than the loss
        elif sort < 0.54:
            given["policy_number"] = "P404"
        elif sort < 0.58:
            bill = make.invoice(count=4, each="6000.00", fund_paid="0.00")
        elif sort < 0.62 and visits:
            bill = dict(visits[-1].invoices[0])  # the invoice of the one before
        elif sort < 0.66:
            given["claim_type"] = "ALLOWANCE"
        elif sort < 0.70:
            given["claimed_amount"] = Decimal("321.00")
        bills = [bill] if chance.random() < 0.8 else [bill, make.invoice(each="30.00", count=2)]
        visits.append(town.visit(person, f"v{n:04d}", bills, **given))
    return visits


class TestTheSameAsOneByOne:
    def test_to_the_cent_and_row_by_row(self, town):
        visits = some_visits(town, 160, random.Random(20260304))

        settled, told = same(visits)

        assert len(settled) > 50, "many of them went set by set"
        states = {state for state, _ in told.values()}
        assert {"PAYING", "REVIEW", "policy_not_found", "invoice_feed_malformed"} <= states

    def test_what_came_before_counts(self, town):
        persons_ = town.people(3)
        first = [town.visit(p, f"a{n}", [make.invoice()]) for n, p in enumerate(persons_)]
        singly(first)
        again = [
            town.visit(p, f"b{n}", [make.invoice()], loss_date=date(2026, 3, 2))
            for n, p in enumerate(persons_)
        ]

        settled, _ = same(again)

        assert len(settled) == 3

    def test_of_several_visits_of_a_person_the_first_goes_and_the_others_follow(self, town):
        [person] = town.people(1)
        days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
        visits = [
            town.visit(person, f"v{n}", [make.invoice(each="120.00")], loss_date=day)
            for n, day in enumerate(days)
        ]

        settled, told = same(visits)

        assert set(settled) == {0}
        assert told[2] == ("REVIEW", True), "the third report within ninety days is looked at"

    def test_without_consent_nothing_is_touched(self, town):
        [person] = town.people(1)
        people.withdraw_consent(
            party_id=person[0], purpose="MEDICAL_DATA_FETCH", actor=Ref("party", person[0]),
            at=make.NOON,
        )  # fmt: skip

        settled, told = same([town.visit(person, "v", [make.invoice()])])

        assert not settled
        assert told[0] == ("fetch_consent_missing", False)


class TestManyAtOnce:
    def test_where_the_payee_must_be_looked_at_the_single_path_pays(self, town):
        make.figure_set("claims.payee_checked_from", "0.01")
        (person,) = town.people(1)
        settled, told = same([town.visit(person, "v", [make.invoice()])])
        assert (settled, told) == ({}, {0: ("PAYING", True)})

    def test_the_same_keys_again_change_nothing(self, town):
        visits = [town.visit(p, f"v{n}", [make.invoice()]) for n, p in enumerate(town.people(3))]
        at_once(visits)
        before = rows_of_everything()

        settled, told = at_once(visits)

        assert not settled
        assert {is_new for _, is_new in told.values()} == {False}
        assert rows_of_everything() == before

    def test_ten_cost_as_many_statements_as_two(self, town, django_assert_max_num_queries):
        persons_ = town.people(24)
        warm, few, many = persons_[:2], persons_[2:4], persons_[4:14]
        counts = []
        for n, part in enumerate((warm, few, many)):
            visits = [town.visit(p, f"{n}-{i}", [make.invoice()]) for i, p in enumerate(part)]
            with django_assert_max_num_queries(40) as sent:
                settled = tx.use_case(bulk.settle_plain)(
                    visits, provider_id=7, actor=HOSPITAL, at=make.NOON
                )
            assert len(settled) == len(part)
            counts.append(len(sent))
        assert counts[1] == counts[2]

    def test_more_than_a_chunk_is_a_mistake_of_the_program(self, town):
        [person] = town.people(1)
        visit = town.visit(person, "v", [make.invoice()])
        with pytest.raises(ValueError, match="at most"):
            tx.use_case(bulk.settle_plain)(
                [visit] * (bulk.CHUNK_MAX + 1), provider_id=7, actor=HOSPITAL, at=make.NOON
            )
