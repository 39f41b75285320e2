"""A what-if is asked, worked out over the recorded claims, and answered once, with what it stands on."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import operations as claims
from yilu.claims.models import Claim
from yilu.insight import jobs, operations
from yilu.insight.models import WhatIf, WhatIfRow
from yilu.insight.queries import what_if as queries
from yilu.insight.whatif import effects
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM
from yilu.policies.models import BenefitUse

pytestmark = pytest.mark.django_db

_keys = count(1)
DEDUCTIBLE = "inpatient.deductible_visit"


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


@pytest.fixture
def manager(office):
    return make.colleague(office, "TEAM_LEAD")


def paid(office, policy_number=None, holder=None, **bill):
    """A claim the machine approved: 2,000 yuan of bills, half paid by the fund."""
    holder = holder or make.insured(office)
    told = {"policy_number": policy_number} if policy_number else {}
    made = make.reported_claim(holder, office_id=office, **told)
    claims.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice(**bill)], actor=SYSTEM, at=make.NOON
    )  # fmt: skip
    return made.claim_id


def ask(manager, office, figures=None, **given):
    access, actor = manager
    told = {
        "version_id": make.product("small-medical"), "figures": figures or {DEDUCTIBLE: "300"},
        "sample_size": None, "office_id": office, "request_key": f"key-{next(_keys)}", "access": access,
        "actor": actor, "at": make.NOON,
    }  # fmt: skip
    return operations.ask_what_if(**{**told, **given})


def answered(manager, office, figures=None, **given):
    run_id = ask(manager, office, figures, **given)
    jobs.work_out(run_id=run_id)
    return queries.get_run(run_id, manager[0])


class TestRecordedClaims:
    def test_they_are_calculated_under_both_terms(self, manager, office):
        claim_id = paid(office)
        run = answered(manager, office)

        # (1000 − 100) × 90 % today; (1000 − 300) × 90 % with the other deductible.
        r = run.result
        assert (run.state, r["claims"], r["before"], r["after"]) == ("DONE", 1, 81000, 63000)
        assert (r["billed"], r["as_decided"], r["not_as_decided"], r["checked"]) == (
            200000,
            1,
            0,
            2,
        )
        assert r["claim_changes"] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
        (row,) = queries.list_rows(run.id, manager[0])
        assert (row.claim_id, row.change, row.billed) == (
            claim_id,
            Decimal("-180.00"),
            Decimal("2000.00"),
        )

    def test_a_limit_is_shared_by_the_claims_of_a_policy(self, manager, office):
        holder = make.insured(office)
        number = make.medical_policy(office, holder_id=holder).number
        paid(office, number, holder)
        papers.react()
        Claim.objects.update(state="CLOSED")
        second = make.reported_claim(holder, office_id=office, policy_number=number)
        claims.hand_in_invoices(
            claim_id=second.claim_id, provider_id=1, actor=SYSTEM, at=make.NOON + timedelta(hours=1),
            invoices=[make.invoice(admitted_on="2026-03-02")],
        )  # fmt: skip
        run = answered(manager, office, {"inpatient.cap_year_share": "5"})

        assert run.result["before"] == 162000
        assert run.result["after"] == 100000

    def test_what_a_person_decided_otherwise_stays_and_still_uses_the_limit(self, manager, office):
        holder = make.insured(office)
        number = make.medical_policy(office, holder_id=holder).number
        first = paid(office, number, holder)
        from yilu.claims.models import Decision

        Decision.objects.filter(claim_id=first).update(kind="PARTIAL")
        Claim.objects.update(state="CLOSED")
        paid(office, number, holder, admitted_on="2026-03-02")
        run = answered(manager, office, {"inpatient.cap_year_share": "5"})

        assert run.result["refused"] == {"DECIDED_OTHERWISE": 1}
        assert (run.result["claims"], run.result["before"], run.result["after"]) == (
            1,
            81000,
            19000,
        )

    def test_offices_see_their_own(self, manager, office):
        paid(office)
        elsewhere = make.office()
        other = make.colleague(elsewhere, "TEAM_LEAD")
        run = answered(other, elsewhere)

        assert (run.result["claims"], run.result["elsewhere"]) == (0, 1)
        with pytest.raises(queries.WhatIfNotFound):
            queries.get_run(run.id, manager[0])
        assert queries.list_runs(manager[0]) == ()

    def test_no_claim_and_no_ledger_row_is_touched(self, manager, office):
        paid(office)
        before = (list(Claim.objects.values()), list(BenefitUse.objects.values()))
        answered(manager, office)
        assert (list(Claim.objects.values()), list(BenefitUse.objects.values())) == before


class TestAnswer:
    def test_is_given_once(self, manager, office):
        paid(office)
        run = answered(manager, office)
        jobs.work_out(run_id=run.id)

        assert WhatIfRow.objects.filter(run_id=run.id).count() == 1
        kinds = list(
            Event.objects.filter(kind__startswith="insight.").values_list("kind", flat=True)
        )
        assert sorted(kinds) == ["insight.what_if_answered", "insight.what_if_asked"]

    def test_the_same_question_gives_the_same_digests(self, manager, office):
        paid(office)
        one, other = answered(manager, office), answered(manager, office)
        assert (one.terms_digest, one.portfolio_digest) == (
            other.terms_digest,
            other.portfolio_digest,
        )
        assert one.result == other.result

    def test_is_withheld_where_the_single_path_differs_by_a_fen(self, manager, office, monkeypatch):
        paid(office)
        monkeypatch.setattr(effects, "checked", lambda book, terms: (2, 1))
        run = answered(manager, office)
        assert (run.state, run.result) == ("FAILED", {})
        assert "不一致" in run.problem
        assert Event.objects.get(kind="insight.what_if_failed").facts == {"reason": "NOT_CONFIRMED"}

    def test_the_check_finds_a_fen(self, manager, office):
        from yilu.insight.whatif import portfolio, reading, recalculation
        from yilu.products import queries as products

        paid(office)
        version = make.product("small-medical")
        terms = products.get_terms(version)
        book = reading.recorded(terms, version, lambda done, total: None)
        found = recalculation.recalculate(portfolio.laid_out(book.collector), terms)
        assert effects.checked(book, [(terms, found)]) == (1, 0)
        assert effects.checked(book, [(terms, found + 1)]) == (1, 1)

    def test_a_fault_is_told_and_not_left_running(self, manager, office, monkeypatch):
        run_id = ask(manager, office)
        monkeypatch.setattr(effects, "checked", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            jobs.work_out(run_id=run_id)
        assert queries.get_run(run_id, manager[0]).state == "FAILED"

    def test_a_lost_run_is_begun_again(self, manager, office):
        run_id = ask(manager, office)
        operations.begin(run_id=run_id, at=make.NOON)
        assert jobs.begin_again(make.NOON + timedelta(minutes=5)) == 0
        assert jobs.begin_again(make.NOON + timedelta(minutes=16)) == 1
        assert jobs.begin_again(make.NOON + timedelta(minutes=17)) == 0

    def test_invented_claims_are_nobodys(self, manager, office):
        run = answered(manager, office, sample_size=150)
        assert run.is_sample
        assert run.result["claims"] == 150
        assert run.result["after"] < run.result["before"]
        rows = list(queries.list_rows(run.id, manager[0]))
        assert rows
        assert {(r.claim_id, r.number, r.office_id) for r in rows} == {(None, "", None)}
        changes = [abs(r.change) for r in rows]
        assert changes == sorted(changes, reverse=True)


class TestQuestion:
    def test_is_asked_once(self, manager, office):
        one = ask(manager, office, request_key="tap")
        assert ask(manager, office, request_key="tap") == one
        assert WhatIf.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"figures": {DEDUCTIBLE: "100"}}, operations.NothingChanged),
            ({"figures": {DEDUCTIBLE: "viel"}}, operations.BadChange),
            ({"sample_size": 99}, operations.BadSample),
            ({"sample_size": 200_001}, operations.BadSample),
        ],
    )
    def test_nonsense_is_refused_and_nothing_is_kept(self, manager, office, given, refusal):
        with pytest.raises(refusal):
            ask(manager, office, **given)
        assert not WhatIf.objects.exists()

    def test_a_product_by_sum_insured_is_refused(self, manager, office):
        with pytest.raises(operations.NothingToRecalculate):
            ask(manager, office, version_id=make.product("whole-life"))

    def test_only_managers_ask_and_only_for_their_offices(self, manager, office):
        assessor = make.colleague(office, "ASSESSOR")
        with pytest.raises(NotAllowed):
            ask(assessor, office)
        with pytest.raises(NotAllowed):
            ask(manager, make.office())
        assert not WhatIf.objects.exists()

    def test_numbers_of_claims_are_masked_for_who_may_not_see_them(self, manager, office):
        paid(office)
        run = answered(manager, office)
        editor, _ref = make.colleague(office, "STANDARDS_EDITOR")
        (row,) = queries.list_rows(run.id, editor)
        assert row.claim_id is None
        assert row.number.startswith("····")
        assert len(row.number) == 8
