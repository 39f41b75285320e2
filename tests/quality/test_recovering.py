"""A customer is called where service was not good; a record that hides a complaint is decided by a person."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests import make
from tests.claims.papers import react
from tests.contact.desk import Desk, person
from tests.make import NOON
from tests.quality.test_inspecting import TALK, wrapped
from yilu.complaints import operations as complaints
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations import operations as obligations
from yilu.obligations.models import Clock, DefinitionVersion
from yilu.quality import inspection_refusals as refusals
from yilu.quality import operations
from yilu.quality.models import Finding, Recovery
from yilu.quality.queries import recoveries as queries
from yilu.quality.reactions import recover_a_wrong_amount
from yilu.work.models import Item


@pytest.fixture
def found(db):
    make.standards_in_force()
    desk = Desk()
    seat = desk.seat({"general": 1})
    wrapped(desk, seat, *TALK)
    while journal.run_reactions(NOON):
        pass
    return desk, seat, Finding.objects.get(kind="RECORD")


def test_a_record_that_hides_a_complaint_goes_to_whoever_handles_complaints(found):
    desk, seat, row = found
    about = f"finding:{row.pk}"
    item = Item.objects.get(queue="quality.misrecorded", subject=about)
    assert (item.state, item.party_id) == ("OPEN", desk.party)
    assert Clock.objects.get(code="pledge.record_judged").state == "RUNNING"
    told = {"finding_id": row.pk, "complaint_id": 0, "why": "客户只是问进度"}
    with pytest.raises(refusals.OwnWork):
        operations.judge_record(**told, **seat.told(NOON))
    with pytest.raises(NotAllowed):
        operations.judge_record(**told, **person(make.office(), "CALL_AGENT").told(NOON))
    with pytest.raises(refusals.NoReason):
        operations.judge_record(**told | {"why": "是"}, **desk.boss.told(NOON))
    with pytest.raises(refusals.InspectionNotFound):
        operations.judge_record(**told | {"finding_id": 10**9}, **desk.boss.told(NOON))
    case = complaints.receive(
        party_id=desk.party, channel="STAFF", actor=Ref("staff", desk.boss.staff_id),
        access=desk.boss.access, at=NOON,
        told=complaints.Told("CLAIMS", "SLOW", "客户在会话里要求投诉", against=[seat.staff_id]),
    )  # fmt: skip
    told |= {"complaint_id": case.id, "why": "客户明说要投诉"}
    operations.judge_record(**told, **desk.boss.told(NOON))
    with pytest.raises(refusals.JudgedAlready):
        operations.judge_record(**told, **desk.boss.told(NOON))
    item.refresh_from_db()
    assert item.state == "DONE"
    assert Clock.objects.get(code="pledge.record_judged").state == "MET"


def test_a_recovery_has_an_owner_and_a_clock_and_never_ends_empty(found):
    desk, seat, row = found
    owner, boss = person(desk.office, "CONSULTANT"), desk.boss
    told = {
        "origin": Ref("finding", row.pk),
        "wrong": "催促客户，没有登记投诉",
        "owner_id": owner.staff_id,
    }
    with pytest.raises(NotAllowed):
        operations.open_recovery(**told, **seat.told(NOON))
    for wrong in ({"wrong": ""}, {"owner_id": seat.staff_id}, {"owner_id": make.staff(make.office(), "COUNTER")}):  # fmt: skip
        with pytest.raises(refusals.BadRecovery):
            operations.open_recovery(**told | wrong, **boss.told(NOON))
    with pytest.raises(refusals.InspectionNotFound):
        operations.open_recovery(**told | {"origin": Ref("claim", 1)}, **boss.told(NOON))
    made = operations.open_recovery(**told, **boss.told(NOON))
    assert operations.open_recovery(**told, **boss.told(NOON)) == made
    assert Item.objects.get(queue="quality.recover").staff_id == owner.staff_id
    shut = {"recovery_id": made, "outcome": "CONTENT", "result": "客户接受道歉，已补登记"}
    with pytest.raises(refusals.BadRecovery):
        operations.close_recovery(**shut, **owner.told(NOON))
    call = {"recovery_id": made, "channel": "PHONE", "reached": True, "words": "致歉并说明进度"}
    for wrong in ({"channel": "SMOKE"}, {"words": ""}):
        with pytest.raises(refusals.BadRecovery):
            operations.note_try(**call | wrong, **owner.told(NOON))
    with pytest.raises(refusals.RecoveryNotFound):
        operations.note_try(**call, **seat.told(NOON))
    operations.note_try(**call, **owner.told(NOON))
    for wrong in ({"result": " "}, {"outcome": "COMPLAINT"}, {"outcome": "X"}, {"complaint_id": 3}):
        with pytest.raises(refusals.BadRecovery):
            operations.close_recovery(**shut | wrong, **owner.told(NOON))
    assert Recovery.objects.get().state == "OPEN"
    operations.close_recovery(**shut, **owner.told(NOON + timedelta(hours=1)))
    with pytest.raises(refusals.RecoveryClosedAlready):
        operations.close_recovery(**shut, **owner.told(NOON))
    with pytest.raises(refusals.RecoveryClosedAlready):
        operations.note_try(**call, **owner.told(NOON))
    view = queries.get_recovery(made, owner.access)
    assert (view.result, view.tries[0].words) == ("客户接受道歉，已补登记", "致歉并说明进度")
    assert view.wrong == "催促客户，没有登记投诉"
    with pytest.raises(refusals.RecoveryNotFound):
        queries.get_recovery(made, person(make.office(), "SERVICE_MANAGER").access)
    codes = dict(Clock.objects.filter(subject=f"recovery:{made}").values_list("code", "state"))
    assert codes == {"pledge.recovery_first_word": "MET", "pledge.recovery_closed": "MET"}
    assert [v.id for v in queries.list_recoveries(boss.access, state="CLOSED")] == [made]


def test_nobody_is_called_where_the_customer_is_unknown(db):
    make.standards_in_force()
    desk = Desk()
    seat = desk.seat({"general": 1})
    desk.party = None
    wrapped(desk, seat, *TALK)
    while journal.run_reactions(NOON):
        pass
    row = Finding.objects.get(kind="RECORD")
    boss = person(make.head_office(), "SERVICE_MANAGER")
    with pytest.raises(refusals.NoCustomer):
        operations.open_recovery(
            origin=Ref("finding", row.pk), wrong="没有登记投诉", owner_id=desk.boss.staff_id,
            **boss.told(NOON),
        )  # fmt: skip


class TestWhatIsPutRightUnasked:
    """Where the table says so a recovery begins with the event itself, once a case, and not with who acted."""

    def missed(self, desk, code):
        """A promise to the desk's customer that ran out a minute ago."""
        version = DefinitionVersion.objects.get(definition__code=code)
        Clock.objects.create(
            version=version, code=code, subject="conversation:1", office_id=desk.office,
            party_id=desk.party, state="RUNNING", limit_amount=1, unit="NATURAL_DAYS", started_by=1,
            started_at=NOON - timedelta(days=31), running_since=NOON - timedelta(days=31),
            due_at=NOON - timedelta(minutes=1), next_check_at=NOON,
        )  # fmt: skip
        obligations.tick(NOON)
        react()

    def test_a_law_s_clock_that_ran_out_has_its_customer_called(self, found):
        desk, _seat, _row = found
        self.missed(desk, "law.decide_thirty_days")
        row = Recovery.objects.get()
        assert (row.origin[:6], row.party_id, row.opened_by) == ("clock:", desk.party, "system:0")
        assert row.owner_id == desk.boss.staff_id
        assert "没有在时限内办好" in queries.get_recovery(row.pk, desk.boss.access).wrong
        assert Item.objects.get(queue="quality.recover").staff_id == row.owner_id
        self.missed(desk, "law.pay_ten_days")
        assert Recovery.objects.count() == 1, "the same case is being put right already"

    def test_what_the_table_leaves_to_people_is_begun_by_one(self, found):
        desk, _seat, _row = found
        self.missed(desk, "target.assess")
        assert not Recovery.objects.exists()
        clock = Ref("clock", Clock.objects.get(code="target.assess").pk)
        assert queries.get_start(clock, desk.boss.access).origin_label == "承诺超时"
        told = {"origin": clock, "wrong": "审核慢了，没有告诉客户", "owner_id": desk.boss.staff_id}
        made = operations.open_recovery(**told, **desk.boss.told(NOON))
        assert queries.get_recovery(made, desk.boss.access).party_id == desk.party

    def test_a_wrong_amount_of_nobody_we_know_of_is_left_alone(self, found):
        about = Ref("money_difference", 1)
        facts = {"subject": "claim:9", "difference": "LATE_INTEREST"}
        tx.use_case(recover_a_wrong_amount)(SimpleNamespace(facts=facts, about=about, at=NOON))
        assert not Recovery.objects.exists()
