"""A visit goes from asking to the customer's confirmation, and leaves its proofs."""

from datetime import timedelta

import pytest

from tests import make
from tests.claims import papers
from tests.make import NOON
from yilu.care import operations as care
from yilu.care import queries
from yilu.care.models import Talk, Visit
from yilu.care.rules import visits as rules
from yilu.claims import operations as claims
from yilu.claims import queries as claim_queries
from yilu.claims.models import ContactNote
from yilu.claims.operations import ClaimNotFound
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(hours=2)


class Bedside:
    """A claim, its customer and a consultant who goes."""

    def __init__(self):
        make.standards_in_force()
        self.office = make.office()
        self.lin = make.insured(self.office)
        self.claim_id = make.reported_claim(self.lin, office_id=self.office).claim_id
        self.access, self.actor = make.colleague(self.office, "CONSULTANT")

    def ask(self, kind="HOSPITAL", **given):
        told = {"place": "市一医院 3 病区 12 床", "actor": Ref("party", self.lin), "at": NOON}
        return care.ask_visit(claim_id=self.claim_id, kind=kind, **{**told, **given})

    def plan(self, visit_id, **given):
        told = {"staff_id": self.access.staff_id, "planned_at": SOON, "at": NOON}
        return self.act(care.plan_visit, visit_id, **{**told, **given})

    def act(self, operation, visit_id, **given):
        told = {"visit_id": visit_id, "access": self.access, "actor": self.actor, "at": SOON}
        return operation(**{**told, **given})

    def secret(self, visit_id):
        return self.plan(visit_id).rpartition("/")[2]


@pytest.fixture
def bed():
    return Bedside()


class TestVisit:
    @pytest.mark.parametrize("kind", ["HOSPITAL", "HOME", "SURVEY"])
    def test_goes_all_the_way_to_the_customers_confirmation(self, bed, kind):
        visit_id = bed.ask(kind)
        assert Item.objects.get(queue__code="care.visit").state == "OPEN"
        secret = bed.secret(visit_id)
        assert queries.visit_by_link(secret, SOON).safety == rules.SAFETY[kind]
        if kind == "SURVEY":
            bed.act(care.note_first_call, visit_id, reached=True, wechat="ADDED", at=NOON)
        care.send_location(secret=secret, point="30.25,120.17", at=NOON)
        bed.act(care.set_out, visit_id, eta_at=SOON + timedelta(minutes=30))
        assert bed.act(care.arrive, visit_id, point="30.2501,120.1701") == 15
        bed.act(
            care.finish_visit, visit_id, checks=list(rules.CHECKS[kind]), result="DONE",
            report="资料收齐，已说明下一步。",
        )  # fmt: skip
        for _ in range(2):
            care.confirm_visit(secret=secret, at=SOON)

        view = queries.get_visit(visit_id, bed.access)
        assert (view.state, view.result_label) == ("CONFIRMED", "已办妥")
        assert Item.objects.get(queue__code="care.visit").state == "DONE"
        on_way = "care.on_way_to_scene" if kind == "SURVEY" else "care.on_way"
        assert {"care.visit_planned", on_way} <= set(
            Message.objects.values_list("template", flat=True)
        )
        assert {c.state for c in obligations.list_clocks(Ref("visit", visit_id), SOON)} == {"MET"}

    def test_keeps_places_sealed(self, bed):
        visit = Visit.objects.get(pk=bed.ask())
        assert "病区".encode() not in bytes(visit.place)
        assert queries.get_visit(visit.pk, bed.access).place == "市一医院 3 病区 12 床"

    @pytest.mark.parametrize(
        "wrong", [{"kind": "TEA"}, {"place": " "}, {"place": "长" * 201}, {"wish": "长" * 301}]
    )
    def test_refuses_what_cannot_be_asked(self, bed, wrong):
        with pytest.raises(care.BadVisit):
            bed.ask(**wrong)
        assert not Visit.objects.exists()

    def test_one_of_a_kind_at_a_time(self, bed):
        bed.ask()
        with pytest.raises(care.VisitOpenAlready):
            bed.ask()
        assert bed.ask("HOME")

    def test_strangers_can_neither_ask_nor_see(self, bed):
        stranger = Ref("party", make.party(bed.office))
        with pytest.raises(ClaimNotFound):
            bed.ask(actor=stranger)
        visit_id = bed.ask()
        access, actor = make.colleague(make.office(), "CONSULTANT")
        for act in (care.plan_visit, care.arrive):
            given = (
                {"staff_id": access.staff_id, "planned_at": SOON} if act is care.plan_visit else {}
            )
            with pytest.raises(care.VisitNotFound):
                act(visit_id=visit_id, access=access, actor=actor, at=NOON, **given)
        with pytest.raises(care.VisitNotFound):
            queries.get_visit(visit_id, access)
        with pytest.raises(care.VisitNotFound):
            queries.visit_by_link("no such link", SOON)

    def test_a_plan_needs_a_time_to_come_and_somebody_who_may(self, bed):
        visit_id = bed.ask()
        with pytest.raises(care.BadVisit):
            bed.plan(visit_id, planned_at=NOON - timedelta(minutes=1))
        with pytest.raises(care.BadVisit):
            bed.plan(visit_id, staff_id=make.staff(bed.office, "AUDITOR"))
        assert Visit.objects.get().state == "ASKED"
        assert not Message.objects.filter(template="care.visit_planned").exists()

    def test_only_whoever_goes_says_that_they_arrived(self, bed):
        visit_id = bed.ask()
        bed.plan(visit_id)
        access, actor = make.colleague(bed.office, "CONSULTANT")
        with pytest.raises(NotAllowed):
            care.set_out(visit_id=visit_id, eta_at=SOON, access=access, actor=actor, at=NOON)

    def test_steps_come_in_their_order(self, bed):
        visit_id = bed.ask()
        with pytest.raises(care.NotNow):
            bed.act(care.arrive, visit_id)
        bed.plan(visit_id)
        with pytest.raises(care.NotNow):
            bed.act(care.finish_visit, visit_id, checks=[], result="PARTLY", report="未见到")

    @pytest.mark.parametrize("point", ["91,0", "0,181", "somewhere", "30.1"])
    def test_no_point_on_earth(self, bed, point):
        secret = bed.secret(bed.ask())
        with pytest.raises(care.BadVisit):
            care.send_location(secret=secret, point=point, at=NOON)

    def test_far_from_the_customer_is_kept_and_marked(self, bed):
        visit_id = bed.ask()
        secret = bed.secret(visit_id)
        care.send_location(secret=secret, point="30.25,120.17", at=NOON)
        bed.act(care.set_out, visit_id, eta_at=SOON)
        assert bed.act(care.arrive, visit_id, point="30.35,120.17") > rules.FAR_METRES

    def test_done_needs_the_whole_list(self, bed):
        visit_id = bed.ask()
        bed.plan(visit_id)
        bed.act(care.set_out, visit_id, eta_at=SOON)
        bed.act(care.arrive, visit_id)
        with pytest.raises(care.ChecksLeft):
            bed.act(care.finish_visit, visit_id, checks=["identity"], result="DONE", report="好")
        bed.act(
            care.finish_visit, visit_id, checks=["identity"], result="PARTLY", report="家属不在"
        )

    def test_whoever_waits_is_told_that_nobody_comes_and_the_link_says_why(self, bed):
        visit_id = bed.ask()
        secret = bed.secret(visit_id)
        with pytest.raises(care.BadVisit):
            bed.act(care.cancel_visit, visit_id, reason="客户已出院")
        assert queries.visit_by_link(secret, SOON).state == "PLANNED"
        bed.act(care.cancel_visit, visit_id, reason="ROAD", words="高速封路，张三的车过不来")
        link = queries.visit_by_link(secret, SOON)
        assert (link.state, link.cancelled_for) == ("CANCELLED", rules.CANCELLED_FOR["ROAD"])
        assert link.report == "", "what colleagues wrote is theirs"
        [told] = Message.objects.filter(template="care.visit_cancelled")
        assert told.facts["why"] == rules.CANCELLED_FOR["ROAD"]
        for act in (care.send_location, care.confirm_visit):
            with pytest.raises(care.NotNow):
                act(
                    secret=secret,
                    at=NOON,
                    **({"point": "30,120"} if act is care.send_location else {}),
                )
        with pytest.raises(care.NotNow):
            bed.act(care.cancel_visit, visit_id, reason="ROAD")
        assert Message.objects.filter(template="care.visit_cancelled").count() == 1

    def test_a_moved_visit_is_told_and_keeps_its_link(self, bed):
        visit_id = bed.ask()
        secret = bed.secret(visit_id)
        later = SOON + timedelta(days=1)
        assert bed.plan(visit_id, planned_at=later).rpartition("/")[2] == secret
        assert queries.visit_by_link(secret, SOON).eta_at == later
        assert Message.objects.filter(template="care.visit_moved").count() == 1
        assert secret.encode() not in bytes(Visit.objects.get().secret)

    def test_whoever_is_late_on_the_way_says_so(self, bed):
        visit_id = bed.ask()
        secret, later = bed.secret(visit_id), SOON + timedelta(hours=1)
        with pytest.raises(care.NotNow):
            bed.act(care.delay_visit, visit_id, eta_at=later)
        bed.act(care.set_out, visit_id, eta_at=SOON)
        with pytest.raises(care.BadVisit):
            bed.act(care.delay_visit, visit_id, eta_at=SOON - timedelta(minutes=1))
        for _ in range(2):
            bed.act(care.delay_visit, visit_id, eta_at=later)
        assert queries.visit_by_link(secret, SOON).eta_at == later
        assert Message.objects.filter(template="care.delayed").count() == 1


class TestTalks:
    def log(self, bed, **given):
        told = {"kind": "VIDEO", "text": "对方承认追尾。"}
        return bed.act(care.log_talk, bed.ask("SURVEY"), **{**told, **given})

    def test_a_third_persons_number_is_asked_for(self, bed):
        with pytest.raises(claims.ThirdPartyUnasked):
            self.log(bed, third_party="PRESENT")
        assert not Talk.objects.exists()
        assert not ContactNote.objects.exists()

    def test_the_number_is_sealed_and_shown_masked_here_and_in_the_claims_log(self, bed):
        self.log(bed, third_party="PRESENT", third_phone="13812345678")
        assert b"13812345678" not in bytes(Talk.objects.get().third_phone)
        [talk] = queries.get_visit(Visit.objects.get().pk, bed.access).talks
        [line] = claim_queries.desk(bed.claim_id, bed.access, SOON).notes
        assert talk.masked_third_phone == line.masked_third_phone == "138****5678"
        assert (line.kind, line.text, line.third_party) == ("VIDEO", "对方承认追尾。", "PRESENT")

    def test_a_video_without_a_number_needs_the_picture_other_talks_a_reason(self, bed):
        visit_id = bed.ask("SURVEY")
        told = {"kind": "VIDEO", "text": "对方承认追尾。", "third_party": "PRESENT"}
        with pytest.raises(claims.ThirdPartyUnasked):
            bed.act(care.log_talk, visit_id, **told, why_no_phone="REFUSED")
        papers.hand_in(bed.claim_id, papers.picture("OTHER"), actor=Ref("party", bed.lin))
        picture = papers.uploads(bed.claim_id)[-1].id
        bed.act(care.log_talk, visit_id, **told, evidence_upload_id=picture)
        with pytest.raises(claims.ThirdPartyUnasked):
            bed.act(care.log_talk, visit_id, **{**told, "kind": "ON_SITE"}, why_no_phone="我忘了")
        bed.act(care.log_talk, visit_id, **{**told, "kind": "ON_SITE"}, why_no_phone="REFUSED")
        [last, first] = claim_queries.desk(bed.claim_id, bed.access, SOON).notes
        assert first.evidence_id == picture
        assert (last.kind, "对方拒绝提供电话" in last.text) == ("VISIT", True)
        with pytest.raises(Invalid):
            bed.act(care.log_talk, visit_id, **told, evidence_upload_id=picture + 999)

    def test_who_is_away_is_reached_through_the_customer_and_the_log_says_so(self, bed):
        self.log(bed, third_party="ABSENT")
        [line] = claim_queries.desk(bed.claim_id, bed.access, SOON).notes
        assert line.third_party_label == "第三方不在场，已请客户提供其联系方式"

    @pytest.mark.parametrize("wrong", [{"kind": "PIGEON"}, {"text": ""}, {"third_phone": "12"}])
    def test_refuses_what_says_nothing(self, bed, wrong):
        with pytest.raises(care.BadVisit):
            self.log(bed, **wrong)
