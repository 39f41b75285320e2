"""The pure rules of claims: the table of transitions, triage, papers, digests, bands."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.claims.rules import authority, case, lifecycle, papers, promises, proofs, triage
from yilu.claims.rules.digest import desk_digest
from yilu.claims.rules.facts import BillLine, Diagnosis, Injury, Passing, Stay
from yilu.claims.rules.lifecycle import Action, State
from yilu.claims.rules.loss import BadLoss, Loss
from yilu.claims.rules.tips import TIPS, tip_for
from yilu.people.queries import RIGHTS
from yilu.products.terms import Exclusion

amounts = st.decimals(min_value=0, max_value=10_000_000, places=2)


class TestLifecycle:
    def test_every_state_can_be_reached_and_left(self):
        reached, grown = {State.REPORTED}, True
        while grown:
            more = {to for (a, _), (to, _) in lifecycle.TRANSITIONS.items() if a in reached}
            grown = not more <= reached
            reached |= more
        assert reached == set(State)
        for state in set(State) - lifecycle.ENDED:
            assert any(
                to is not state for (a, _), (to, _) in lifecycle.TRANSITIONS.items() if a is state
            )

    def test_everybody_named_is_the_machine_the_customer_or_a_right(self):
        for who in (w for _, ws in lifecycle.TRANSITIONS.values() for w in ws):
            assert who in (lifecycle.MACHINE, lifecycle.CUSTOMER) or who in RIGHTS

    def test_the_machine_never_declines(self):
        for (_, action), (to, who) in lifecycle.TRANSITIONS.items():
            if action is Action.DECLINE or to is State.DECLINED:
                assert lifecycle.MACHINE not in who

    def test_what_is_declined_can_be_appealed_by_the_customer(self):
        assert lifecycle.CUSTOMER in lifecycle.who_may(State.DECLINED, Action.REOPEN)
        assert lifecycle.CUSTOMER in lifecycle.who_may(State.CLOSED, Action.REOPEN)

    def test_every_state_and_action_has_its_word(self):
        assert set(lifecycle.STATE_LABELS) == set(State)
        assert set(lifecycle.ACTION_LABELS) == set(Action)
        assert {a for _, a in lifecycle.TRANSITIONS} == set(Action)

    def test_nothing_is_withdrawn_after_the_decision(self):
        for state in (State.APPROVED, State.PAYING, State.PAID, State.DECLINED, State.CLOSED):
            assert lifecycle.after(state, Action.WITHDRAW) is None


class TestTriage:
    def route(self, **given_):
        told = {
            "lane": "GREEN", "programme": "FAST", "rule": "r", "doubts": (), "has_signals": False,
            "over_limit": False,
        }  # fmt: skip
        return triage.route(**told | given_)

    @given(
        lane=st.sampled_from(["GREEN", "YELLOW", "RED"]),
        doubts=st.lists(st.sampled_from(sorted(case.REASON_LABELS)), unique=True),
        has_signals=st.booleans(), over_limit=st.booleans(),
    )  # fmt: skip
    def test_a_doubt_never_makes_a_claim_less_careful(self, lane, doubts, has_signals, over_limit):
        rank = ["GREEN", "YELLOW", "RED"]
        found = self.route(lane=lane, doubts=doubts, has_signals=has_signals, over_limit=over_limit)
        assert rank.index(found.lane) >= rank.index(lane)
        assert found.straight_through == (lane == "GREEN" and not doubts and not over_limit)
        if not found.straight_through:
            assert found.reasons
            assert found.programme != "FAST"
        assert all(reason in case.REASON_LABELS for reason in found.reasons)

    def test_a_forged_bill_is_red(self):
        assert self.route(doubts=("BILL_NOT_GENUINE",)).lane == "RED"
        assert self.route(doubts=("PAYER_DIFFERS",)).lane == "YELLOW"

    def test_one_day_critical_needs_a_clean_case(self):
        clean = self.route(lane="YELLOW", programme="ONE_DAY_CRITICAL")
        assert (clean.programme, clean.reasons) == ("ONE_DAY_CRITICAL", ("BY_TABLE",))
        doubtful = self.route(
            lane="YELLOW", programme="ONE_DAY_CRITICAL", doubts=("FACTS_MISSING",)
        )
        assert doubtful.programme == "STANDARD"
        again = self.route(lane="YELLOW", programme="ONE_DAY_CRITICAL", first_illness=False)
        assert again.programme == "STANDARD"

    def test_two_years_are_years_and_an_illness_is_the_first_once(self):
        begun, anniversary = date(2023, 3, 1), date(2025, 3, 1)  # 29 February 2024 lies between
        assert triage.days_in_force(begun, anniversary - timedelta(days=1)) == 729
        assert triage.days_in_force(begun, anniversary) == 731
        assert triage.days_in_force(begun, begun - timedelta(days=1)) == 0
        told = {"effective_on": begun, "loss_date": anniversary}
        for claimed_before, confirmed_on, circumstances, first in (
            (False, anniversary, (), True),
            (True, anniversary, (), False),
            (False, anniversary - timedelta(days=1), (), False),
            (False, anniversary, ("PRE_EXISTING",), False),
        ):
            loss = Loss(
                diagnoses=(Diagnosis(condition="STROKE", confirmed_on=confirmed_on),),
                circumstances=circumstances,
            )  # fmt: skip
            assert triage.is_first_illness(loss, claimed_before=claimed_before, **told) == first

    @pytest.mark.parametrize("programme", ["COMPLEX", "STANDARD", "ONE_DAY_CRITICAL"])
    def test_the_machine_never_calls_a_claim_complex(self, programme):
        assert self.route(lane="RED", programme=programme).programme == "STANDARD"

    def test_the_sample_is_steady_and_of_its_size(self):
        numbers = [f"C2026030400{n:06d}" for n in range(20_000)]
        drawn = [n for n in numbers if triage.is_drawn(n, Decimal("0.05"))]
        assert drawn == [n for n in numbers if triage.is_drawn(n, Decimal("0.05"))]
        assert 800 < len(drawn) < 1200
        assert set(drawn) <= {n for n in numbers if triage.is_drawn(n, Decimal("0.10"))}
        assert not any(triage.is_drawn(n, Decimal(0)) for n in numbers)
        assert all(triage.is_drawn(n, Decimal(1)) for n in numbers)

    @given(st.lists(st.sampled_from(sorted(case.REASON_LABELS)), unique=True))
    def test_the_customer_never_reads_of_risk(self, reasons):
        said = case.said_to_customer(reasons)
        assert said
        assert "风险" not in said
        assert "信号" not in said


@dataclass(frozen=True)
class Bill:
    upload_id: int = 1
    settled: bool = True
    number: str = "1"
    issued_on: date | None = date(2026, 3, 3)
    payer_name: str = "林客户"
    payee_name: str = "医院"
    total: Decimal | None = Decimal("100.00")
    fund_paid: Decimal | None = None
    account_paid: Decimal | None = None
    self_cost: Decimal | None = None
    other_paid: Decimal | None = None
    visit_kind: str = "OUTPATIENT"
    admitted_on: date | None = None
    discharged_on: date | None = None
    visited_on: date | None = None
    department: str = ""
    lines: tuple = ()
    reversed: bool = False
    exchanged: bool = False
    registry_state: str = "VALID"


class TestCase:
    def doubts(self, *bills):
        return case.doubts_about(
            bills, insured_name="林客户", loss_date=date(2026, 3, 1), effective_on=date(2025, 9, 1),
            today=date(2026, 3, 4),
        )  # fmt: skip

    def test_a_sound_bill_raises_nothing(self):
        assert self.doubts(Bill()) == ()
        assert self.doubts(Bill(payer_name="林 客户")) == ()
        assert self.doubts(Bill(payer_name="")) == ()

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"payer_name": "王某"}, "PAYER_DIFFERS"),
            ({"issued_on": date(2026, 2, 1)}, "BILL_BEFORE_LOSS"),
            ({"issued_on": date(2025, 8, 1)}, "BILL_BEFORE_COVER"),
            ({"issued_on": date(2026, 3, 5)}, "BILL_IN_FUTURE"),
            ({"reversed": True}, "BILL_REVERSED"),
            ({"registry_state": "EXCHANGED"}, "BILL_REVERSED"),
            ({"registry_state": "MISMATCH"}, "BILL_NOT_GENUINE"),
            ({"registry_state": "UNAVAILABLE"}, "BILL_NOT_VERIFIED"),
            ({"settled": False}, "DOCUMENT_TO_CONFIRM"),
            ({"visit_kind": "", "payee_name": "某某餐饮管理有限公司"}, "BILL_NOT_MEDICAL"),
            ({"visit_kind": "", "payee_name": ""}, "BILL_NOT_MEDICAL"),
        ],
    )
    def test_a_doubtful_bill_says_why(self, wrong, reason):
        assert reason in self.doubts(Bill(), replace(Bill(), **wrong))

    @pytest.mark.parametrize(
        ("payee", "items"),
        [
            ("某某大药房有限公司", ()),
            ("某某口腔门诊部", ()),
            ("", ("西药费", "检查费")),
            ("某某健康管理有限公司", ("静脉注射",)),
        ],
    )
    def test_an_ordinary_invoice_for_care_raises_nothing(self, payee, items):
        lines = tuple(BillLine(amount=Decimal("1.00"), category="", name=n) for n in items)
        assert self.doubts(Bill(visit_kind="", payee_name=payee, lines=lines)) == ()

    def test_a_meal_among_the_items_is_noticed(self):
        lines = tuple(
            BillLine(amount=Decimal("1.00"), category="", name=n) for n in ("西药费", "餐费")
        )
        assert "BILL_NOT_MEDICAL" in self.doubts(
            Bill(visit_kind="", payee_name="某某公司", lines=lines)
        )

    def test_emergency_care_is_told_by_its_department(self):
        assert case.bill_of(Bill(department="急诊内科")).kind == "EMERGENCY"
        assert case.bill_of(Bill(issued_on=None)) is None

    def test_a_stay_is_read_from_its_bill(self):
        bill = Bill(
            admitted_on=date(2026, 3, 1), discharged_on=date(2026, 3, 3), visit_kind="INPATIENT"
        )
        [stay] = case.stays_of([bill], [])
        assert (stay.from_on, stay.to_on) == (date(2026, 3, 1), date(2026, 3, 3))
        assert case.daily_cost([replace(bill, total=Decimal("3000.00"))]) == 1500

    def test_reasons_of_the_papers_are_found_anew(self):
        assert case.refreshed(["BILL_NOT_VERIFIED", "OVER_LIMIT"], ["GROUND"]) == [
            "OVER_LIMIT",
            "GROUND",
        ]


class TestLoss:
    full = Loss(
        cause="ACCIDENT", event_on=date(2026, 2, 28), circumstances=("DENTAL",),
        diagnoses=(Diagnosis(condition="C01", confirmed_on=date(2026, 3, 1)),),
        injuries=(Injury(part="手", grade=7, assessed_on=date(2026, 3, 2)), Injury(part="足", grade=9)),
        stays=(Stay(visit="v", from_on=date(2026, 3, 1), to_on=date(2026, 3, 3), icu_days=1),),
        passing=Passing(died_on=date(2026, 3, 3), transport="TRAIN", declared=True),
    )  # fmt: skip

    def test_travels_through_json(self):
        assert Loss.from_json(self.full.as_json()) == self.full
        assert Loss.from_json(Loss().as_json()) == Loss()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"cause": "X"},
            {"circumstances": ("X",)},
            {"event_on": date(2026, 3, 2)},
            {"diagnoses": (Diagnosis(condition="C01", confirmed_on=date(2026, 3, 9)),)},
            {"diagnoses": (Diagnosis(condition="x" * 41, confirmed_on=date(2026, 3, 1)),)},
            {"injuries": (Injury(part="手", grade=11),)},
            {"injuries": (Injury(part="手", grade=1, assessed_on=date(2026, 3, 9)),)},
            {"stays": (Stay(visit="v", from_on=date(2026, 3, 3), to_on=date(2026, 3, 1)),)},
            {"stays": (Stay(visit="v", from_on=date(2026, 3, 9), to_on=date(2026, 3, 9)),)},
            {"passing": Passing(died_on=date(2026, 3, 9))},
            {"injuries": tuple(Injury(part="手", grade=1) for _ in range(51))},
        ],
    )
    def test_refuses_what_cannot_be(self, wrong):
        with pytest.raises(BadLoss):
            replace(Loss(), **wrong).check(date(2026, 3, 1), date(2026, 3, 4))


@dataclass(frozen=True)
class Item:
    code: str
    kinds: tuple[str, ...]
    required: bool = True
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class File:
    id: int
    kind: str
    state: str = "SETTLED"
    live: bool = True
    source: str = ""


class TestPapers:
    items = (
        Item("invoice", ("INVOICE",)),
        Item("id", ("ID_CARD",)),
        Item("other", ("OTHER",), required=False),
    )

    def test_is_complete_when_everything_required_stands(self):
        found = papers.fulfilment(self.items, [File(1, "INVOICE")], frozenset({"ID_CARD"}))
        assert found.complete
        assert found.lines[0].upload_ids == (1,)

    @pytest.mark.parametrize(
        ("state", "reading", "to_confirm"),
        [("RECEIVED", True, False), ("READING", True, False), ("NEEDS_PERSON", False, True)],
    )
    def test_waits_for_reader_and_person(self, state, reading, to_confirm):
        files = [File(1, "INVOICE"), File(2, "INVOICE", state), File(3, "ID_CARD")]
        found = papers.fulfilment(self.items, files)
        assert (found.complete, found.handed_in) == (False, True)
        assert (found.reading, found.to_confirm) == (reading, to_confirm)

    def test_does_not_count_what_was_refused(self):
        found = papers.fulfilment(
            self.items, [File(1, "INVOICE", "REFUSED"), File(2, "INVOICE", live=False)]
        )
        assert [n.code for n in found.missing] == ["invoice", "id"]

    def test_does_not_ask_for_what_the_insurer_has(self):
        assert papers.known_kinds(identity_known=True, has_account=True, fed=False) == {
            "ID_CARD",
            "BANK_CARD",
        }
        assert "DIAGNOSIS" in papers.known_kinds(identity_known=False, has_account=False, fed=True)


class TestAuthority:
    def test_higher_roles_do_what_lower_ones_may(self):
        assert authority.holds(["TEAM_LEAD"], "ASSESSOR")
        assert not authority.holds(["ASSESSOR"], "REVIEWER")
        assert not authority.holds(["INTAKE"], "ASSESSOR")
        assert authority.holds([], "NONE")

    @given(amount=amounts, other=amounts)
    def test_any_departure_from_the_machines_sum_is_an_override(self, amount, other):
        assert authority.overrides("PAY", amount, "APPROVE", other) == (amount != other)
        assert authority.overrides("PAY", amount, "DECLINE", Decimal(0))
        assert not authority.overrides("LOOK", amount, "DECLINE", Decimal(0))


class TestPromises:
    @given(amounts)
    def test_bands_cover_every_amount_once(self, amount):
        band = promises.band_of(amount)
        assert (band == "UNDER_3K") == (amount < 3000)
        assert (band == "UNDER_10K") == (3000 <= amount <= 10_000)
        assert (band == "OVER_100K") == (amount > 100_000)
        assert promises.estimated_band(amount) == ("UNDER_10K" if amount <= 10_000 else "OVER_10K")


def test_a_digest_changes_with_anything_a_person_saw():
    told = {
        "claim_id": 1,
        "version": 2,
        "calculation": "abc",
        "uploads": [(1, "SETTLED", 0), (2, "READ", 1)],
        "signals": [("SHARED_PHONE", "HIGH", 3, False)],
    }
    first = desk_digest(**told)
    assert first == desk_digest(**told | {"uploads": told["uploads"][::-1]})
    for change in (
        {"claim_id": 2}, {"version": 3}, {"calculation": "abd"}, {"uploads": told["uploads"][:1]},
        {"signals": []}, {"signals": [("SHARED_PHONE", "HIGH", 3, True)]},
        {"signals": [("SHARED_PHONE", "HIGH", 4, False)]},
        {"uploads": [(1, "SETTLED", 1), (2, "READ", 1)]}, {"uploads": [(1, "REFUSED", 0), (2, "READ", 1)]},
    ):  # fmt: skip
        assert desk_digest(**told | change) != first


def test_nobody_is_given_a_tip_after_a_death():
    assert tip_for("DEATH") == ""
    assert all(TIPS.values())


def test_the_readme_draws_the_table_of_transitions():
    from pathlib import Path

    import yilu.claims

    text = (Path(yilu.claims.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert lifecycle.diagram() in text


@given(st.none() | st.integers(0, 2_000_000), st.none() | st.integers(0, 2_000_000))
def test_small_is_what_neither_comes_to_more_nor_asks_for_more(benefit, claimed):
    told = [None if cents is None else Decimal(cents) / 100 for cents in (benefit, claimed)]
    assert promises.is_small(*told) == (0 < max(benefit or 0, claimed or 0) <= 1_000_000)


class TestProofs:
    SOLD = (
        Exclusion(code="CRIMINAL", clause="3.1", circumstances=("CRIME", "DRUGS")),
        Exclusion(code="SPORT", clause="3.2", circumstances=("HIGH_RISK_SPORT",)),
    )

    @pytest.mark.parametrize(
        ("clauses", "upheld", "circumstances", "articles"),
        [
            (("3.1", "保险法27"), (), (), ("保险法27",)),
            (("3.1",), ("EXCLUSION:CRIMINAL:death",), ("CRIME",), ("保险法45",)),
            (("3.1",), ("EXCLUSION:CRIMINAL:death",), ("DRUGS",), ()),
            (("3.2",), ("EXCLUSION:SPORT:death",), ("HIGH_RISK_SPORT",), ()),
            (("4.2", "保险法44"), ("SUICIDE:death",), ("SUICIDE",), ("保险法44",)),
        ],
    )
    def test_are_needed_for_what_is_cited_and_for_what_was_upheld(
        self, clauses, upheld, circumstances, articles
    ):
        told = {"exclusions": self.SOLD, "circumstances": circumstances}
        assert proofs.to_prove(clauses, upheld, **told) == articles

    @pytest.mark.parametrize(("in_part", "enough"), [(True, True), (False, False)])
    def test_forged_bills_carry_a_cut_and_no_refusal(self, in_part, enough):
        found = {"findings": set(), "doubts": ("BILL_NOT_GENUINE",), "in_part": in_part}
        assert proofs.is_proved(proofs.FRAUD, **found) == enough
