"""What proves what: arrivals, signals and small statements of staff are not taken for another's."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import operations, queries
from yilu.claims.models import SupplementNotice
from yilu.claims.operations import Missing, Verdict
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.messaging.operations.sending import say_delivered
from yilu.obligations.models import Clock
from yilu.risk import operations as risk
from yilu.risk.models import Signal

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def lead(office):
    return make.colleague(office, "TEAM_LEAD", "ASSESSOR")


@pytest.fixture
def claim(lin, office):
    return make.claim_in_review(holder_id=lin, office_id=office)


def ask(claim, who, at, note=""):
    return operations.request_supplement(
        claim_id=claim.claim_id, missing=[Missing("出院小结", ("DISCHARGE",))], note=note,
        access=who[0], actor=who[1], at=at,
    )  # fmt: skip


def deliver(letter, lin, at):
    IssuedLetter.objects.filter(pk=letter.pk).update(
        state="ISSUED", sha256="0" * 64, storage_key="x", issued_at=at
    )
    letters.mark_delivered(letter_id=letter.pk, proof="APP", actor=Ref("party", lin), at=at)
    papers.react()


class TestArrivals:
    def test_the_agents_copy_is_no_proof_that_the_customer_has_the_notice(self, claim, lin, lead):
        ask(claim, lead, make.NOON)
        message = Message.objects.get(template="claims.supplement_needed")
        told = {
            "template": message.template, "about": claim.ref, "channel": "SMS", "at": make.NOON + HOUR,
        }  # fmt: skip
        tx.use_case(say_delivered)(message.pk + 1, to=Ref("agent", 7), **told)
        papers.react()
        assert SupplementNotice.objects.get().arrived_at is None
        tx.use_case(say_delivered)(message.pk, to=Ref("party", lin), **told)
        papers.react()
        assert SupplementNotice.objects.get().arrived_at == make.NOON + HOUR

    def test_the_first_notices_letter_is_no_proof_of_the_second(self, claim, lin, lead):
        ask(claim, lead, make.NOON)
        operations.waive_supplement(
            claim_id=claim.claim_id, reason="客户已在柜面出示原件", access=lead[0], actor=lead[1],
            at=make.NOON + HOUR,
        )  # fmt: skip
        ask(claim, lead, make.NOON + 2 * HOUR, note="首次通知漏列了出院小结")
        first, second = IssuedLetter.objects.filter(kind="SUPPLEMENT").order_by("id")
        deliver(first, lin, make.NOON + 3 * HOUR)
        latest = SupplementNotice.objects.get(ordinal=2)
        assert latest.arrived_at is None
        deliver(second, lin, make.NOON + 4 * HOUR)
        latest.refresh_from_db()
        assert latest.arrived_at == make.NOON + 4 * HOUR

    def test_the_letter_of_an_earlier_denial_does_not_end_a_later_one(
        self, claim, lin, lead, office, claim_of
    ):
        def decline(who, at):
            digest = queries.desk(claim.claim_id, who[0], at).digest
            operations.decide(
                claim_id=claim.claim_id, access=who[0], actor=who[1], at=at,
                verdict=Verdict(
                    digest=digest, kind="DECLINE", reason="属于投保前已患疾病", clauses=("3.1",),
                    override_reason="病历记载明确",
                ),
            )  # fmt: skip

        decline(lead, make.NOON)
        operations.reopen_claim(
            claim_id=claim.claim_id, cause="APPEAL", text="请再看看我的病历", actor=Ref("party", lin),
            at=make.NOON + HOUR,
        )  # fmt: skip
        decline(make.colleague(office, "TEAM_LEAD", "ASSESSOR"), make.NOON + 2 * HOUR)
        first, second = IssuedLetter.objects.filter(kind="DENIAL").order_by("id")
        deliver(first, lin, make.NOON + 3 * HOUR)
        assert claim_of(claim.claim_id).state == "DECLINED"
        clock = Clock.objects.filter(code="law.denial_notice_three_days").order_by("id").last()
        assert clock.state == "RUNNING"
        deliver(second, lin, make.NOON + 4 * HOUR)
        assert claim_of(claim.claim_id).state == "CLOSED"
        clock.refresh_from_db()
        assert clock.state == "MET"


def test_a_signal_looked_into_since_makes_the_decision_stale(claim, lead):
    Signal.objects.create(
        subject=str(claim.ref),
        signal="SHARED_PHONE",
        severity="HIGH",
        measure=3,
        raised_at=make.NOON,
    )
    digest = queries.desk(claim.claim_id, lead[0], make.NOON).digest
    risk.clear_signal(
        signal_id=Signal.objects.get().pk, holds=True, finding="电话为中介机构所有", access=lead[0],
        actor=lead[1], at=make.NOON,
    )  # fmt: skip
    with pytest.raises(operations.StaleDecision):
        operations.decide(
            claim_id=claim.claim_id, verdict=Verdict(digest=digest, kind="APPROVE"), access=lead[0],
            actor=lead[1], at=make.NOON,
        )  # fmt: skip


def test_paying_little_of_much_is_above_a_juniors_authority(claim, office):
    junior = make.colleague(office, "ASSESSOR", amount_limit=Decimal(1000))
    done = operations.decide(
        claim_id=claim.claim_id, access=junior[0], actor=junior[1], at=make.NOON,
        verdict=Verdict(
            digest=queries.desk(claim.claim_id, junior[0], make.NOON).digest, kind="PARTIAL",
            amount=Decimal("500.00"), clauses=("3.1",), reason="其余费用与出险无关",
            override_reason="病历记载明确",
        ),
    )  # fmt: skip
    assert done.second


def test_an_opinion_on_the_scene_is_one_of_three(lin, office, lead):
    claim = make.reported_claim(lin, office_id=office)
    for kind in ("EX_GRATIA", "ADVANCE", "MAYBE"):
        with pytest.raises(Invalid):
            operations.give_opinion_on_scene(
                claim_id=claim.claim_id, kind=kind, amount=Decimal(100), reason="现场查看属实",
                access=lead[0], actor=lead[1], at=make.NOON,
            )  # fmt: skip


class TestWhatStaffSay:
    def test_a_note_names_evidence_of_its_own_claim_only(self, claim, lin, office, lead):
        other = make.reported_claim(make.insured(office), office_id=office)
        papers.hand_in(other.claim_id, papers.picture("OTHER"), actor=SYSTEM)
        foreign = papers.uploads(other.claim_id)[0].id
        note = operations.Note(
            kind="VIDEO", text="对方司机在场", third_party="PRESENT", evidence_upload_id=foreign
        )
        with pytest.raises(Invalid):
            operations.write_note(
                claim_id=claim.claim_id, note=note, access=lead[0], actor=lead[1], at=make.NOON
            )

    def test_a_consultant_is_somebody_at_work_in_the_claims_office(self, claim, lead):
        stranger = make.colleague(make.office(), "ASSESSOR")
        for staff_id in (10_000_000, stranger[1].id):
            with pytest.raises(Invalid):
                operations.assign_consultant(
                    claim_id=claim.claim_id, staff_id=staff_id, access=lead[0], actor=lead[1],
                    at=make.NOON,
                )  # fmt: skip

    def test_a_link_asks_for_something_that_there_is(self, claim, office):
        desk = make.colleague(office, "REGISTRAR")
        for kinds in ((), ("NOTHING",)):
            with pytest.raises(Invalid):
                operations.send_upload_link(
                    claim_id=claim.claim_id, kinds=kinds, access=desk[0], actor=desk[1], at=make.NOON
                )  # fmt: skip
