"""Several handlers on a case, sums tried, quality checks, care, rows as a workbook, helpers of the pool."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import jobs, operations, queries
from yilu.claims.models import (
    CareOrder,
    CasePart,
    Claim,
    Decision,
    Instalment,
    QualityCheck,
    RowExport,
)
from yilu.claims.operations import Care, Changes, Chosen, Note, Verdict
from yilu.claims.operations.desks import exporting
from yilu.claims.queries import board, quality
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.payments.models import Payout
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office.id)


def card(claim, who):
    return queries.get_for_staff(claim.claim_id, who[0])


class TestTeam:
    def test_parts_have_holders_and_results_stand_in_the_log(self, office, claim):
        staff = office.fu[0].staff_id
        give = told(claim, office.chen, area="MEDICAL")
        operations.give_part(**give, staff_id=staff)
        operations.give_part(**give, staff_id=staff)
        assert Item.objects.get(queue_id="claims.part").staff_id == staff
        with pytest.raises(operations.PartNotTheirs):
            operations.finish_part(**told(claim, office.chen, area="MEDICAL", result="已核完"))
        operations.finish_part(**told(claim, office.fu, area="MEDICAL", result="票据已逐张核完"))
        assert Item.objects.get(queue_id="claims.part").state == "DONE"
        seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
        assert "票据已逐张核完" in seen.notes[0].text

    def test_passing_a_part_on_relieves_who_held_it(self, office, claim):
        for who in (office.fu, office.zhu):
            operations.give_part(
                **told(claim, office.chen, area="LIABILITY", staff_id=who[0].staff_id)
            )
        assert CasePart.objects.get(done_at=None).staff_id == office.zhu[0].staff_id
        assert Item.objects.filter(queue_id="claims.part", state="TAKEN").count() == 1
        stranger = make.colleague(make.office(), "ASSESSOR")
        with pytest.raises(Invalid):
            operations.give_part(
                **told(claim, office.chen, area="MONEY", staff_id=stranger[0].staff_id)
            )
        with pytest.raises(NotAllowed):
            operations.give_part(
                **told(claim, stranger, area="MONEY", staff_id=stranger[0].staff_id)
            )

    def test_a_part_goes_to_who_can_do_it(self, office, claim):
        payer = make.colleague(office.id, "PAYMENTS")[0].staff_id
        clerk = make.colleague(office.id, "COUNTER")[0].staff_id
        with pytest.raises(Invalid):
            operations.give_part(**told(claim, office.chen, area="MEDICAL", staff_id=payer))
        with pytest.raises(Invalid):
            operations.give_part(**told(claim, office.chen, area="MEDICAL", staff_id=clerk))
        assert not CasePart.objects.exists()
        operations.give_part(**told(claim, office.chen, area="CONTACT", staff_id=clerk))
        seen = queries.team(card(claim, office.chen), office.chen[0])
        offered = {h.id for h in (*seen.handlers, *seen.talkers)}
        assert payer not in offered
        assert [h.id for h in seen.talkers] == [clerk]
        assert seen.talkers[0].role_labels

    def test_a_mention_becomes_the_colleagues_work(self, office, claim):
        note = Note(kind="NOTE", text="请看第三张票据")
        both = [office.fu[0].staff_id, office.chen[0].staff_id]
        operations.note_and_call(**told(claim, office.chen, note=note, staff_ids=both))
        item = Item.objects.get(queue_id="claims.mention")
        assert (item.staff_id, item.state) == (office.fu[0].staff_id, "TAKEN")
        assert queries.claim_of("mention", int(item.subject.split(":")[1])) == claim.claim_id
        assert queries.team(card(claim, office.fu), office.fu[0]).called
        assert operations.answer_mentions(**told(claim, office.fu)) == 1
        assert operations.answer_mentions(**told(claim, office.fu)) == 0
        assert Item.objects.get(queue_id="claims.mention").state == "DONE"


def test_a_sum_is_tried_and_nothing_is_kept(office, claim, claim_of):
    before = claim_of(claim.claim_id).version
    changes = Changes(chosen=Chosen(paid_elsewhere=Decimal("3000.00")))
    tried = operations.try_calculation(**told(claim, office.chen, changes=changes))
    assert tried.then.benefit < tried.now.benefit
    assert claim_of(claim.claim_id).version == before
    with pytest.raises(NotAllowed):
        operations.try_calculation(**told(claim, office.cha, changes=Changes()))


class TestQuality:
    @pytest.fixture
    def check(self, office, claim):
        seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
        verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任")
        operations.decide(**told(claim, office.chen, verdict=verdict))
        later = make.NOON + timedelta(hours=2)
        assert operations.draw_quality_checks(since=make.NOON, at=later).did == 1
        assert operations.draw_quality_checks(since=make.NOON, at=later).did == 0
        return QualityCheck.objects.get()

    def grade(self, check, who, **more):
        given = {"grade": "FAULTS", "faults": ["REASONS"], "finding": "理由过于简单"} | more
        operations.grade_check(
            check_id=check.pk, access=who[0], actor=who[1], at=make.NOON, **given
        )

    def test_is_drawn_graded_and_answered_by_its_handler(self, office, check):
        assert check.drawn_because in ("HANDLER", "RANDOM", "RISK")
        with pytest.raises(operations.CheckNotFound):
            self.grade(check, office.chen)  # no reviewer
        with pytest.raises(Invalid):
            self.grade(check, office.fu, faults=[])
        with pytest.raises(operations.ReasonMissing):
            self.grade(check, office.fu, finding="")
        self.grade(check, office.fu)
        with pytest.raises(operations.CheckNotFound):
            self.grade(check, office.fu)
        item = Item.objects.get(queue_id="claims.quality_answer")
        assert item.staff_id == office.chen[0].staff_id
        [own] = quality.own_checks(office.chen[0])
        assert (own.grade_label, own.faults) == ("有瑕疵", ("理由不充分",))
        with pytest.raises(operations.CheckNotFound):
            operations.answer_check(
                check_id=check.pk,
                answer="不是我的",
                access=office.fu[0],
                actor=office.fu[1],
                at=make.NOON,
            )
        for _ in range(2):
            operations.answer_check(
                check_id=check.pk, answer="以后写清楚", access=office.chen[0], actor=office.chen[1],
                at=make.NOON,
            )  # fmt: skip
        seen = quality.picture(office.fu[0], make.NOON - timedelta(days=1))
        assert (seen.graded, seen.right, seen.faults) == (1, 0, (("理由不充分", 1),))

    def test_nobody_grades_their_own_decision(self, office, check):
        Decision.objects.filter(pk=check.decision_id).update(decided_by=str(office.fu[1]))
        with pytest.raises(NotAllowed):
            self.grade(check, office.fu)


class TestCare:
    def order(self, office, claim, kind="VISIT", **more):
        care = Care(kind=kind, words="住院第三天，家属请求协助", **more)
        return operations.order_care(**told(claim, office.chen, care=care))

    def test_help_is_arranged_and_its_outcome_kept(self, office, claim):
        hospital = make.provider(office.id).provider_id
        made = self.order(office, claim, "HOSPITAL", provider_id=hospital)
        operations.finish_care(**told(claim, office.cha, care_id=made, outcome="已联系住院部"))
        assert CareOrder.objects.get().state == "DONE"
        with pytest.raises(operations.CareNotFound):
            operations.finish_care(**told(claim, office.cha, care_id=made, outcome="已联系住院部"))
        with pytest.raises(Invalid):
            self.order(office, claim, "HOSPITAL", provider_id=999_999)
        with pytest.raises(Invalid):
            self.order(office, claim, "MIRACLE")

    def test_costs_are_advanced_on_anothers_word_and_count(self, office, claim):
        with pytest.raises(operations.BadAmount):
            self.order(office, claim, "ADVANCE")
        with pytest.raises(operations.BadAmount) as above:
            self.order(office, claim, "ADVANCE", amount=Decimal("900000.00"))
        assert "还可先行支付" in str(above.value.hint)
        assert not CareOrder.objects.exists()
        made = self.order(office, claim, "ADVANCE", amount=Decimal("2000.00"))
        given = {"care_id": made, "approve": True, "outcome": "同意垫付"}
        with pytest.raises(NotAllowed):
            operations.approve_advance(**told(claim, office.chen), **given)
        assert operations.approve_advance(**told(claim, office.fu), **given)
        assert Decision.objects.get(kind="ADVANCE").amount == Decimal("2000.00")
        with pytest.raises(operations.CareNotFound):
            operations.approve_advance(**told(claim, office.fu), **given)
        with pytest.raises(Invalid):
            self.order(office, hard.death(office), "ADVANCE", amount=Decimal("2000.00"))


class TestAdvanceAfterTheDecision:
    """Once it is decided nothing is advanced any more: the decision pays all that is owed."""

    def test_neither_an_undisputed_part_nor_a_promise_of_one(self, office, claim):
        hard.approve(office, claim)
        before = Payout.objects.count()
        part = {"amount": Decimal("100.00"), "reason": "家属请求先付一部分"}
        for operation in (operations.pay_undisputed_part, operations.state_undisputed_part):
            with pytest.raises(operations.NotPossibleNow):
                operation(**told(claim, office.chen), **part)
        assert Payout.objects.count() == before
        assert not Decision.objects.filter(kind="ADVANCE").exists()

    def test_an_advance_asked_for_before_is_refused_by_hand_and_pays_nothing(self, office, claim):
        care = Care(kind="ADVANCE", words="住院押金不足，请求垫付", amount=Decimal("2000.00"))
        made = operations.order_care(**told(claim, office.chen, care=care))
        hard.approve(office, claim)
        before = Payout.objects.count()
        given = {"care_id": made, "outcome": "已核定，随赔款支付"}
        with pytest.raises(operations.NotPossibleNow):
            operations.approve_advance(**told(claim, office.fu, approve=True), **given)
        assert CareOrder.objects.get().state == "ASKED"
        assert operations.approve_advance(**told(claim, office.fu, approve=False), **given) is None
        assert (CareOrder.objects.get().state, Payout.objects.count()) == ("REFUSED", before)

    def test_what_was_stated_before_is_dropped_and_the_sum_paid_once(self, office, claim):
        operations.state_undisputed_part(
            **told(claim, office.chen, amount=Decimal("100.00"), reason="首次住院费用已经核实")
        )
        hard.approve(office, claim)
        before = Payout.objects.count()
        assert operations.pay_instalment(claim_id=claim.claim_id, at=make.NOON) is None
        assert Payout.objects.count() == before
        assert Instalment.objects.get().dropped_at == make.NOON


def sheet_of(content):
    with ZipFile(BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


class TestRows:
    def ask(self, who, **filters):
        return operations.ask_for_rows(
            filters=board.Filters(**filters), access=who[0], actor=who[1], at=make.NOON
        )

    def fetch(self, export, who):
        return operations.fetch_export(export_id=export, access=who[0], actor=who[1], at=make.NOON)

    def test_a_bar_leads_to_its_rows_of_ones_own_offices(self, office, claim):
        offices = board.scope(office.zhu[0], board.Filters())
        ages = {code: n + late for code, _l, n, late in board.ageing(offices, make.NOON)}
        assert ages["D1"] == 1
        rows, following = board.page(offices, board.Filters(age="D1"), make.NOON)
        assert [r.claim_id for r in rows] == [claim.claim_id]
        assert not following
        assert board.page(offices, board.Filters(age="OLD"), make.NOON)[0] == ()
        assert board.load(offices, make.NOON)[1][0].held == 1
        stranger = make.colleague(make.office(), "TEAM_LEAD")
        foreign = board.Filters(office_id=office.id)
        assert board.scope(stranger[0], foreign) == frozenset()

    def test_few_rows_are_there_at_once_for_whoever_asked(self, office, claim):
        Claim.objects.filter(pk=claim.claim_id).update(number="=HYPERLINK(1)")
        export = self.ask(office.zhu)
        content = self.fetch(export, office.zhu)
        assert "<f>" not in sheet_of(content)  # text that looks like a formula stays text
        assert "=HYPERLINK(1)" in sheet_of(content)
        with pytest.raises(operations.ExportNotFound):
            self.fetch(export, make.colleague(office.id, "TEAM_LEAD"))
        with pytest.raises(NotAllowed):
            self.ask(office.chen)
        assert operations.forget_exports(before=make.NOON + timedelta(days=1)) == 1
        with pytest.raises(operations.ExportNotFound):
            self.fetch(export, office.zhu)

    def test_many_are_written_by_the_worker(self, office, claim, monkeypatch):
        monkeypatch.setattr(exporting, "AT_ONCE_MAX", 0)
        export = self.ask(office.zhu)
        assert RowExport.objects.get().state == "WAITING"
        with pytest.raises(operations.ExportNotFound):
            self.fetch(export, office.zhu)
        for _ in range(2):
            jobs.write_export(export)
        assert RowExport.objects.get().state == "READY"
        assert self.fetch(export, office.zhu)


class TestHelpers:
    def test_where_a_queue_has_helpers_only_they_help_and_so_many_a_day(self, office):
        for _ in range(2):
            make.claim_in_review(office_id=office.id)
        lead, other = office.zhu, make.office()
        helper, nobody = make.colleague(other, "ASSESSOR"), make.colleague(other, "ASSESSOR")
        told_pool = {"queue": "claims.review", "access": lead[0], "actor": lead[1], "at": make.NOON}
        work.pool(**told_pool, office_id=office.id)
        work.set_helper(**told_pool, staff_id=helper[0].staff_id, daily_max=1)
        with pytest.raises(work.NothingWaiting):
            work.take_next(queue="claims.review", access=nobody[0], actor=nobody[1], at=make.NOON)
        item = Item.objects.filter(queue_id="claims.review", state="OPEN").first()
        with pytest.raises(work.NotAHelper):
            work.take_item(item_id=item.pk, access=nobody[0], actor=nobody[1], at=make.NOON)
        take = {"queue": "claims.review", "access": helper[0], "actor": helper[1], "at": make.NOON}
        assert work.take_next(**take)
        with pytest.raises(work.NothingWaiting):
            work.take_next(**take)
        work.set_helper(**told_pool, staff_id=helper[0].staff_id, daily_max=0)
        assert work.take_next(**take)
        with pytest.raises(NotAllowed):
            work.set_helper(
                queue="claims.review",
                staff_id=1,
                daily_max=1,
                access=helper[0],
                actor=helper[1],
                at=make.NOON,
            )
