"""An event goes from its declaration to its end; a drill touches nobody outside."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.catastrophe.story import LATER
from tests.make import NOON
from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe import queries
from yilu.catastrophe.models import Affected, CasualtyList, CasualtyRow, Event, OpenedClaim
from yilu.claims.models import Claim
from yilu.journal import operations as journal
from yilu.journal.models import Event as Happening
from yilu.kernel.errors import NotAllowed
from yilu.kernel.identity import check_character
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.work.models import Item


def work_of(about):
    return list(
        Item.objects.filter(subject=str(about), state="OPEN").values_list("queue_id", flat=True)
    )


class TestDeclare:
    def test_starts_the_clock_with_its_measures(self, story):
        page = story.page(story.declare())

        assert page.card.is_open
        assert not page.card.drill
        assert page.goal_at == NOON + timedelta(hours=7)
        lane = page.measures[0]
        assert (lane.name, lane.words) == (
            "理赔绿色通道",
            "赔案排在最前，一万元以内资料齐全的直接赔付。",
        )

    def test_twice_is_once(self, story):
        assert story.declare(request_key="same") == story.declare(request_key="same")
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": " "}, {"kind": "METEOR"}, {"level": "V"}, {"place": ""}, {"measures": ()},
            {"measures": ("FREE_BEER",)}, {"occurred_at": NOON + timedelta(hours=1)},
            {"name": "长" * 81},
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be(self, story, wrong):
        with pytest.raises(catastrophe.BadEvent):
            story.declare(**wrong)
        assert not Event.objects.exists()

    @pytest.mark.parametrize("role", ["ASSESSOR", "CONSULTANT", "AUDITOR"])
    def test_only_by_somebody_with_the_right(self, story, role):
        access, actor = make.colleague(story.head, role)
        with pytest.raises(NotAllowed):
            story.declare(access=access, actor=actor)

    def test_not_for_another_office(self, story):
        access, actor = make.colleague(story.office, "TEAM_LEAD")
        with pytest.raises(NotAllowed):
            story.declare(access=access, actor=actor)


class TestImport:
    def test_stages_matches_and_asks_a_person(self, story):
        event_id = story.declare()
        party_id, number = story.customer()
        list_id = story.bring(
            event_id,
            f"姓名,性别,身份证号,状态\n王小明,男,{number[:14]}****,受伤\n周无此,女,,遇难\n",
        )

        known, unknown = story.rows(list_id)
        assert (known.state, unknown.state) == ("TO_CONFIRM", "NOBODY")
        assert known.candidates.get().party_id == party_id
        assert bytes(known.identity)
        assert number[:14].encode() not in bytes(known.identity)
        assert work_of(Ref("catastrophe", event_id)) == ["catastrophe.match"]
        _, card = queries.get_list(list_id, story.lead)
        assert (card.state, card.percent, card.total) == ("READY", 100, 2)

    def test_each_wrong_row_has_its_sentence_and_the_others_go_on(self, story):
        story.customer()
        list_id = story.bring(
            story.declare(),
            "姓名,性别,年龄,出生日期,身份证号,手机\n"
            "王晓明,男,40,1985-06-15,,\n,男,40,,,\n李静,女,四十,,,\n赵六,男,,1985-02-30,,\n"
            "钱七,男,,,12345,\n孙八,男,,,,0571-88\n周九,人,,,,\n吴十,男,,,3.30106E+17,\n"
            "王晓明,男,40,1985-06-15,,\n王晓明,男,52,,,\n",
        )

        rows = story.rows(list_id)
        assert [row.state for row in rows] == [
            "TO_CONFIRM", *["PROBLEM"] * 7, "DUPLICATE", "TO_CONFIRM",
        ]  # fmt: skip
        assert all(row.remark for row in rows)
        assert "科学计数" in rows[7].remark
        assert rows[0].remark == rows[9].remark == "名单中有 2 位同名的人，请逐一核对"

    @pytest.mark.parametrize("is_right_by_chance", [False, True])
    def test_excels_fifteen_digits_still_find_somebody(self, story, is_right_by_chance):
        for day in range(200):
            born = date(1985, 6, 15) + timedelta(days=day)
            party_id, number = story.customer(born=born)
            if (check_character(f"{number[:15]}00") == "0") == is_right_by_chance:
                break
        list_id = story.bring(story.declare(), f"姓名,身份证号\n王晓明,{number[:15]}000\n")

        [row] = story.rows(list_id)
        assert row.candidates.get().party_id == party_id

    def test_the_same_file_again_is_refused(self, story):
        event_id = story.declare()
        story.bring(event_id, "姓名\n王晓明\n")
        with pytest.raises(catastrophe.ListKnownAlready):
            story.bring(event_id, "姓名\n王晓明\n")
        assert CasualtyList.objects.count() == 1

    def test_the_job_run_again_changes_nothing(self, story):
        from yilu.catastrophe import jobs

        list_id = story.bring(story.declare(), "姓名\n王晓明\n李静\n")
        before = [(row.pk, row.state) for row in story.rows(list_id)]
        jobs.read_list(list_id=list_id)
        assert [(row.pk, row.state) for row in story.rows(list_id)] == before
        assert Happening.objects.filter(kind="catastrophe.list_matched").count() == 1

    def test_an_unreadable_file_is_refused_at_once_and_nothing_kept(self, story):
        event_id = story.declare()
        with pytest.raises(catastrophe.UnreadableList):
            story.bring(event_id, "编号\n1\n")
        assert not CasualtyList.objects.exists()

    def test_only_by_somebody_who_may_look_for_people(self, story):
        event_id = story.declare()
        access, actor = make.colleague(story.head, "CONSULTANT")
        with pytest.raises(NotAllowed):
            catastrophe.import_list(
                event_id=event_id, filename="a.csv", content="姓名\n王\n".encode(), source="医院",
                access=access, actor=actor, at=LATER,
            )  # fmt: skip

    def test_a_strangers_event_and_none_are_refused_alike(self, story):
        event_id = story.declare()
        access, actor = make.colleague(make.office(), "TEAM_LEAD")
        for each in (event_id, 999_999):
            with pytest.raises(catastrophe.EventNotFound):
                catastrophe.import_list(
                    event_id=each, filename="a.csv", content="姓名\n王\n".encode(), source="医院",
                    access=access, actor=actor, at=LATER,
                )  # fmt: skip
            with pytest.raises(catastrophe.EventNotFound):
                queries.event_page(each, access)


class TestConfirm:
    def test_opens_contact_work_and_shows_the_cover(self, story):
        event_id = story.declare()
        party_id, number = story.customer()
        [row] = story.rows(
            story.bring(event_id, f"姓名,身份证号,状态\n王晓明,{number[:14]}****,受伤\n")
        )

        desk = queries.desk(row.pk, story.lead)
        [candidate] = desk.candidates
        assert candidate.certain
        assert "姓名一致" in candidate.reasons
        assert candidate.policies[0].opens == "ACCIDENT"
        affected_id = story.confirm(row, party_id)

        assert work_of(Ref("affected", affected_id)) == ["catastrophe.contact"]
        assert work_of(Ref("catastrophe", event_id)) == []
        assert story.confirm(row, party_id) == affected_id
        assert Affected.objects.count() == 1

    def test_a_doubtful_match_needs_the_persons_own_words(self, story):
        party_id, _ = story.customer()
        [row] = story.rows(story.bring(story.declare(), "姓名,状态\n王晓明,受伤\n"))

        with pytest.raises(catastrophe.ReasonForDoubt):
            story.confirm(row, party_id)
        assert not Affected.objects.exists()
        assert not Message.objects.exists()
        assert story.confirm(row, party_id, reason="已向收治医院电话核实")

    def test_nobody_but_a_candidate_can_be_confirmed(self, story):
        story.customer()
        other, _ = story.customer("赵子龙")
        [row] = story.rows(story.bring(story.declare(), "姓名\n王晓明\n"))
        with pytest.raises(catastrophe.NotACandidate):
            story.confirm(row, other, reason="就是他，没错")

    def test_two_lines_never_mean_one_customer(self, story):
        party_id, number = story.customer()
        first, second = story.rows(
            story.bring(
                story.declare(),
                f"姓名,身份证号,年龄\n王晓明,{number[:14]}****,40\n王小明,{number[:14]}****,\n",
            )
        )
        story.confirm(first, party_id)
        with pytest.raises(catastrophe.CustomerTaken):
            story.confirm(second, party_id)

    def test_a_decided_line_stays_decided(self, story):
        party_id, number = story.customer()
        [row] = story.rows(
            story.bring(story.declare(), f"姓名,身份证号\n王晓明,{number[:14]}****\n")
        )
        for _ in range(2):
            catastrophe.reject_row(row_id=row.pk, access=story.lead, actor=story.actor, at=LATER)
        with pytest.raises(catastrophe.DecidedAlready):
            story.confirm(row, party_id)
        assert Happening.objects.filter(kind="catastrophe.row_rejected").count() == 1

    def test_strangers_see_and_decide_nothing(self, story):
        party_id, number = story.customer()
        [row] = story.rows(
            story.bring(story.declare(), f"姓名,身份证号\n王晓明,{number[:14]}****\n")
        )
        access, actor = make.colleague(make.office(), "TEAM_LEAD")
        with pytest.raises(catastrophe.RowNotFound):
            catastrophe.see_row(row_id=row.pk, access=access, actor=actor, at=LATER)
        with pytest.raises(catastrophe.EventNotFound):
            queries.desk(row.pk, access)
        with pytest.raises(catastrophe.RowNotFound):
            catastrophe.confirm_row(
                row_id=row.pk, party_id=party_id, access=access, actor=actor, at=LATER
            )


class TestCare:
    def test_a_claim_is_opened_in_the_programme_without_asking_for_consent(self, story):
        event_id = story.declare()
        affected_id, _ = story.affected(event_id)

        [opened] = catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )

        claim = Claim.objects.get()
        assert OpenedClaim.objects.get(pk=opened).claim_id == claim.pk
        assert (claim.programme, claim.channel, claim.claim_type) == (
            "DISASTER",
            "PROACTIVE",
            "ACCIDENT",
        )
        again = catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        assert again == [opened]
        assert Claim.objects.count() == 1

    def test_a_death_is_claimed_by_somebody_alive(self, story):
        event_id = story.declare()
        affected_id, party_id = story.affected(event_id, condition="遇难")
        with pytest.raises(catastrophe.NothingToOpen):  # the holder was the insured: heirs first
            catastrophe.open_claims(
                affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
            )
        spouse = make.party(story.office, name="李静")
        make.policy(
            story.office, holder_id=spouse, insured_id=party_id, product_code="accident",
            sum_insured=100_000, premium=160,
        )  # fmt: skip
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        assert Claim.objects.get().claimant_id == spouse

    def test_no_policy_no_claim(self, story):
        affected_id, _ = story.affected(story.declare(), product="")
        with pytest.raises(catastrophe.NothingToOpen):
            catastrophe.open_claims(
                affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
            )

    def test_contact_closes_the_work_only_when_somebody_was_reached(self, story):
        affected_id, _ = story.affected(story.declare())

        def call(outcome):
            catastrophe.record_contact(
                affected_id=affected_id, outcome=outcome, access=story.lead, actor=story.actor,
                at=LATER + timedelta(minutes=9),
            )  # fmt: skip

        call("NO_ANSWER")
        assert work_of(Ref("affected", affected_id)) == ["catastrophe.contact"]
        call("FAMILY")
        assert work_of(Ref("affected", affected_id)) == []
        assert Affected.objects.get().attempts == 2
        with pytest.raises(catastrophe.UnknownContact):
            call("TELEPATHY")

    def test_of_the_dead_the_family_is_reached(self, story):
        affected_id, _ = story.affected(story.declare(), condition="遇难")
        told = {"access": story.lead, "actor": story.actor, "at": LATER}
        with pytest.raises(catastrophe.DeadNotReached):
            catastrophe.record_contact(affected_id=affected_id, outcome="REACHED", **told)
        assert Affected.objects.get().contacted_at is None
        assert work_of(Ref("affected", affected_id)) == ["catastrophe.contact"]
        catastrophe.record_contact(affected_id=affected_id, outcome="FAMILY", **told)
        assert Affected.objects.get().contacted_at == LATER

    def test_some_of_the_money_and_all_of_it_are_counted_apart(self, story):
        event_id = story.declare(drill=True)
        affected_id, _ = story.affected(event_id)
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        opened = OpenedClaim.objects.get()
        opened.pk, opened.claim_type, opened.amount, opened.paid_at = None, "MEDICAL", 500, LATER
        opened.save()
        far = queries.funnel(event_id)
        assert (far.claimed, far.some_paid, far.paid, far.paid_claims) == (1, 1, 0, 1)

    def test_a_wrong_person_goes_back_to_the_list(self, story):
        event_id = story.declare()
        affected_id, _ = story.affected(event_id)
        catastrophe.record_contact(
            affected_id=affected_id, outcome="WRONG_PERSON", access=story.lead, actor=story.actor,
            at=LATER,
        )  # fmt: skip
        assert not Affected.objects.exists()
        assert CasualtyRow.objects.get().state == "TO_CONFIRM"

    def test_money_that_arrives_counts_for_the_event(self, story):
        event_id = story.declare()
        affected_id, _ = story.affected(event_id)
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        claim_id = Claim.objects.get().pk
        from yilu.claims.events import ClaimPaid
        from yilu.kernel import tx
        from yilu.kernel.refs import SYSTEM

        for _ in range(2):
            tx.use_case(journal.record)(
                ClaimPaid(payout_id=1, amount="800.00"), about=Ref("claim", claim_id), actor=SYSTEM,
                at=LATER,
            )  # fmt: skip
        while journal.run_reactions(at=LATER + timedelta(minutes=1)):
            pass
        far = queries.funnel(event_id)
        assert (far.claims, far.paid_claims, str(far.amount)) == (1, 1, "1600.00")
        assert Happening.objects.filter(kind="catastrophe.claim_paid").count() == 1


class TestOneTap:
    def test_a_customer_near_the_event_reports_with_one_tap(self, story):
        event_id = story.declare()
        party_id, _ = story.customer()
        banner = queries.banner_for(party_id)
        assert (banner.event_id, banner.reported) == (event_id, False)

        for _ in range(2):
            catastrophe.report_myself(event_id=event_id, actor=Ref("party", party_id), at=LATER)

        assert Claim.objects.get().programme == "DISASTER"
        assert queries.banner_for(party_id).reported
        assert Affected.objects.get().source == "SELF"

    def test_a_drill_is_never_shown_to_customers(self, story):
        event_id = story.declare(drill=True)
        party_id, _ = story.customer()
        assert queries.banner_for(party_id) is None
        with pytest.raises(catastrophe.EventNotFound):
            catastrophe.report_myself(event_id=event_id, actor=Ref("party", party_id), at=LATER)

    def test_a_list_later_joins_the_customers_own_report(self, story):
        event_id = story.declare()
        party_id, number = story.customer()
        catastrophe.report_myself(event_id=event_id, actor=Ref("party", party_id), at=LATER)
        [row] = story.rows(
            story.bring(event_id, f"姓名,身份证号,状态\n王晓明,{number[:14]}****,受伤\n")
        )
        story.confirm(row, party_id)
        assert Affected.objects.get().row_id == row.pk


class TestDrill:
    def test_runs_from_list_to_paid_and_touches_nobody_outside(self, story):
        event_id = story.declare(drill=True)
        affected_id, _ = story.affected(event_id, condition="遇难")
        catastrophe.record_contact(
            affected_id=affected_id,
            outcome="FAMILY",
            access=story.lead,
            actor=story.actor,
            at=LATER,
        )
        catastrophe.open_claims(
            affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
        )
        for done in (1, 0):
            assert done == catastrophe.practise_payment(
                affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
            )

        far = queries.funnel(event_id)
        assert (far.listed, far.matched, far.contacted, far.claims, far.paid_claims) == (
            1,
            1,
            1,
            1,
            1,
        )
        assert str(far.amount) == "100000.00"
        assert not Claim.objects.exists()
        assert not Payout.objects.exists()
        assert not Message.objects.exists()
        page = story.page(event_id)
        assert all(step.in_time for step in page.milestones)
        assert page.card.number.startswith("YL")

    def test_a_real_event_has_no_practice_money(self, story):
        affected_id, _ = story.affected(story.declare())
        with pytest.raises(catastrophe.OnlyInDrill):
            catastrophe.practise_payment(
                affected_id=affected_id, access=story.lead, actor=story.actor, at=LATER
            )


class TestClose:
    def test_erases_everybody_who_is_no_customer(self, story):
        event_id = story.declare()
        story.affected(event_id)
        story.bring(event_id, "姓名,手机\n周无此,13900001111\n")

        erased = catastrophe.close_event(
            event_id=event_id, words="七小时内办结", access=story.lead, actor=story.actor, at=LATER
        )

        assert erased == 1
        assert set(CasualtyRow.objects.values_list("name", flat=True)) == {"王晓明", "已清除"}
        assert not Item.objects.filter(state="OPEN", queue__code__startswith="catastrophe").exists()
        with pytest.raises(catastrophe.EventOver):
            catastrophe.close_event(
                event_id=event_id, words="再来", access=story.lead, actor=story.actor, at=LATER
            )
        with pytest.raises(catastrophe.EventOver):
            story.bring(event_id, "姓名\n新人\n")

    def test_needs_words_and_the_right(self, story):
        event_id = story.declare()
        with pytest.raises(catastrophe.BadEvent):
            catastrophe.close_event(
                event_id=event_id, words=" ", access=story.lead, actor=story.actor, at=LATER
            )
        access, actor = make.colleague(story.head, "CONSULTANT")
        with pytest.raises(NotAllowed):
            catastrophe.close_event(
                event_id=event_id, words="好", access=access, actor=actor, at=LATER
            )
        assert Event.objects.get().state == "OPEN"
