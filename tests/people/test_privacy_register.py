"""The register of personal data protection: two people, whole entries, told persons, kept history."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.obligations import operations as obligations
from yilu.obligations.models import Clock
from yilu.people import operations, queries
from yilu.people.models import PrivacyRecord
from yilu.people.rules import privacy_register as rules
from yilu.work import operations as work
from yilu.work.models import Item

NOON = make.NOON
TODAY = day_of(NOON)
DAY = timedelta(days=1)


def answers(kind, **more):
    first = {f.name: f.choices[0][0] if f.choices else "写明了" for f in rules.FORMS[kind].fields}
    return first | more


def new(kind, **more):
    form = rules.FORMS[kind]
    told = {
        "title": "短信服务", "said": answers(kind),
        "starts_on": TODAY + DAY if form.starts and kind != "MODEL" else TODAY,
        "until": TODAY + 300 * DAY if form.until else None,
    }  # fmt: skip
    if kind == "INCIDENT":
        told |= {"known_at": NOON - timedelta(hours=1), "persons": 120}
    return operations.NewPrivacyRecord(kind=kind, **told | more)


class Officers:
    def __init__(self):
        office = make.head_office()
        self.one, self.one_ref = make.colleague(office, "PRIVACY_OFFICER", username="one")
        self.two, self.two_ref = make.colleague(office, "PRIVACY_OFFICER", username="two")
        self.auditor, self.auditor_ref = make.colleague(office, "AUDITOR", username="auditor")

    def by_one(self, at=NOON):
        return {"access": self.one, "actor": self.one_ref, "at": at}

    def by_two(self, at=NOON):
        return {"access": self.two, "actor": self.two_ref, "at": at}

    def open(self, kind, **more):
        return operations.open_privacy_record(new=new(kind, **more), **self.by_one())

    def approved(self, kind, **more):
        made = self.open(kind, **more)
        next_on = {"next_on": TODAY + 600 * DAY} if kind == "AUDIT" else {}
        operations.approve_privacy_record(record_id=made, revision=1, **next_on, **self.by_two())
        return made

    def handed_on(self, **more):
        return self.approved("ASSESSMENT", said=answers("ASSESSMENT", ground="HANDED_ON"), **more)

    def see(self, record_id):
        return queries.see_privacy_record(self.auditor, record_id)


@pytest.fixture
def officers(db):
    make.standards_in_force()
    return Officers()


def clocks(record_id):
    return dict(
        Clock.objects.filter(subject=f"privacy_record:{record_id}").values_list("code", "state")
    )


def kinds_of(record_id):
    return list(
        Event.objects.filter(subject=f"privacy_record:{record_id}").order_by("id").values_list("kind", flat=True)
    )  # fmt: skip


class TestRules:
    @pytest.mark.parametrize("kind", rules.FORMS)
    def test_every_answer_the_law_asks_for_is_asked(self, kind):
        for field in rules.FORMS[kind].fields:
            lacking = answers(kind) | {field.name: "  "}
            if field.later:
                assert rules.read_answers(kind, lacking)[field.name] == ""
                with pytest.raises(rules.BadPrivacyRecord, match=field.label):
                    rules.check_whole(kind, lacking | {field.name: ""})
            else:
                with pytest.raises(rules.BadPrivacyRecord, match=field.label):
                    rules.read_answers(kind, lacking)
            with pytest.raises(rules.BadPrivacyRecord):
                rules.read_answers(kind, answers(kind) | {field.name: "x" * (field.longest + 1)})

    @given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(-400, 400))
    def test_days_in_order_only(self, starts_on, days):
        until = starts_on + days * DAY
        if days < 0:
            with pytest.raises(rules.BadPrivacyRecord):
                rules.check_days("PROCESSOR", starts_on, until)
        else:
            rules.check_days("PROCESSOR", starts_on, until)

    @given(st.lists(st.sampled_from(
        ["AUTHORITY_TOLD", "PERSONS_TOLD", "NOT_TOLD_ASKED", "NOT_TOLD_AGREED", "NOT_TOLD_REFUSED", "MEASURE"]
    )))  # fmt: skip
    def test_the_authority_is_always_told_and_persons_by_notice_or_by_two(self, steps):
        missing = rules.missing_notices(steps)
        assert ("AUTHORITY" in missing) is ("AUTHORITY_TOLD" not in steps)
        assert ("PERSONS" in missing) is not ("PERSONS_TOLD" in steps or "NOT_TOLD_AGREED" in steps)

    def test_kept_three_years_from_the_approval(self):
        assert rules.kept_until(NOON) == TODAY.replace(year=TODAY.year + 3)
        assert rules.kept_until(None) is None


class TestTwoPeople:
    def test_an_assessment_stands_when_another_has_approved_it(self, officers):
        made = officers.open("ASSESSMENT")

        with pytest.raises(operations.NotTheAuthorOfIt):
            operations.approve_privacy_record(record_id=made, revision=1, **officers.by_one())
        assert officers.see(made).row.state == "DRAFT"
        operations.approve_privacy_record(record_id=made, revision=1, **officers.by_two())

        found = officers.see(made)
        assert (found.row.state, found.author, found.approver) == (
            "STANDING", officers.one_ref, officers.two_ref,
        )  # fmt: skip
        assert found.kept_until == TODAY.replace(year=TODAY.year + 3)
        assert not found.late
        assert clocks(made) == {"pledge.privacy_assessment_reviewed": "RUNNING"}
        assert [step.kind for step in found.steps] == ["APPROVED", "DRAFTED"]

    def test_who_edits_last_is_the_author_and_what_was_read_is_approved(self, officers):
        made = officers.open("ASSESSMENT")
        operations.write_privacy_record(
            record_id=made, revision=1, new=new("ASSESSMENT", title="新名称"), **officers.by_two()
        )
        with pytest.raises(operations.PrivacyRecordMoved):
            operations.approve_privacy_record(record_id=made, revision=1, **officers.by_one())
        with pytest.raises(operations.NotTheAuthorOfIt):
            operations.approve_privacy_record(record_id=made, revision=2, **officers.by_two())
        operations.approve_privacy_record(record_id=made, revision=2, **officers.by_one())
        with pytest.raises(operations.PrivacyRecordMoved):  # what stands is not rewritten
            operations.write_privacy_record(
                record_id=made, revision=2, new=new("ASSESSMENT"), **officers.by_one()
            )
        assert officers.see(made).row.title == "新名称"

    def test_sent_back_with_a_reason_and_given_up_with_one(self, officers):
        made = officers.open("ASSESSMENT")
        back = {"record_id": made, "revision": 1}
        with pytest.raises(operations.BadPrivacyRecord):
            operations.send_privacy_record_back(**back, note=" ", **officers.by_two())
        with pytest.raises(operations.NotTheAuthorOfIt):
            operations.send_privacy_record_back(**back, note="补充", **officers.by_one())
        operations.send_privacy_record_back(**back, note="补充风险", **officers.by_two())
        operations.give_up_privacy_record(record_id=made, note="不做了", **officers.by_one())
        found = officers.see(made)
        assert found.row.state == "ENDED"
        assert [step.note for step in found.steps] == ["不做了", "补充风险", ""]
        assert not clocks(made)

    def test_an_assessment_after_the_beginning_is_shown_as_late(self, officers):
        assert officers.see(officers.approved("ASSESSMENT", starts_on=TODAY - DAY)).late

    def test_without_the_right_nothing_is_read_or_written(self, officers):
        made = officers.open("ASSESSMENT")
        stranger, ref = make.colleague(make.office(), "ASSESSOR", username="stranger")
        for access, actor in ((stranger, ref), (officers.auditor, officers.auditor_ref)):
            with pytest.raises(NotAllowed):
                operations.approve_privacy_record(
                    record_id=made, revision=1, access=access, actor=actor, at=NOON
                )
            with pytest.raises(NotAllowed):
                operations.open_privacy_record(
                    new=new("AUDIT"), access=access, actor=actor, at=NOON
                )
        with pytest.raises(NotAllowed):
            queries.see_privacy_record(stranger, made)
        with pytest.raises(NotAllowed):
            queries.list_privacy_records(stranger, "ASSESSMENT")
        assert PrivacyRecord.objects.count() == 1
        assert officers.see(made).row.state == "DRAFT"


class TestAssessments:
    def test_a_new_one_ends_the_old_one_and_carries_its_processors(self, officers):
        old = officers.handed_on()
        processor = officers.approved("PROCESSOR", assessment_id=old)
        with pytest.raises(operations.BadPrivacyRecord):  # something stands on it
            operations.end_privacy_record(record_id=old, note="停了", **officers.by_one())
        newer = officers.handed_on(replaces_id=old)

        assert officers.see(old).row.state == "ENDED"
        assert officers.see(processor).assessment_id == newer
        assert clocks(old) == {"pledge.privacy_assessment_reviewed": "MET"}
        with pytest.raises(operations.BadPrivacyRecord):
            officers.open("ASSESSMENT", replaces_id=old)


class TestModels:
    def test_every_judge_wants_an_entry_and_a_review_ends_the_one_before(self, officers):
        judges = [name for code, name in rules.JUDGES if code != "OTHER"]
        assert queries.judges_without_entry(officers.auditor) == judges
        first = officers.approved("MODEL")
        assert queries.judges_without_entry(officers.auditor) == judges[1:]
        assert clocks(first)["pledge.model_reviewed"] == "RUNNING"

        second = officers.approved("MODEL", replaces_id=first)
        assert PrivacyRecord.objects.get(pk=first).state == "ENDED"
        assert clocks(first)["pledge.model_reviewed"] == "MET"
        assert clocks(second)["pledge.model_reviewed"] == "RUNNING"
        with pytest.raises(operations.BadPrivacyRecord, match="同一种"):
            officers.open("MODEL", replaces_id=second, said=answers("MODEL", judge="RISK"))
        with pytest.raises(operations.BadPrivacyRecord, match="有效状态"):
            officers.open("MODEL", replaces_id=first)
        with pytest.raises(operations.BadPrivacyRecord, match="今天以后"):
            officers.open("MODEL", starts_on=TODAY + DAY)


class TestProcessors:
    def test_only_on_a_standing_assessment_of_handing_on(self, officers):
        other = officers.approved("ASSESSMENT")
        draft = officers.open("ASSESSMENT", said=answers("ASSESSMENT", ground="HANDED_ON"))
        for assessment_id in (None, other, draft, 987654):
            with pytest.raises(operations.BadPrivacyRecord, match="影响评估"):
                officers.open("PROCESSOR", assessment_id=assessment_id)
        assert not PrivacyRecord.objects.filter(kind="PROCESSOR").exists()

    def test_the_clock_runs_to_the_contracts_last_day_and_stops_by_the_proof(self, officers):
        last = TODAY + 100 * DAY
        made = officers.approved("PROCESSOR", assessment_id=officers.handed_on(), until=last)
        clock = Clock.objects.get(subject=f"privacy_record:{made}")
        assert (clock.code, day_of(clock.due_at - timedelta(seconds=1))) == (
            "law.privacy_data_returned", last,
        )  # fmt: skip
        operations.note_privacy_work(record_id=made, note="现场检查，合格", **officers.by_two())
        with pytest.raises(operations.BadPrivacyRecord):
            operations.end_privacy_record(record_id=made, note="", **officers.by_two())
        operations.end_privacy_record(record_id=made, note="删除证明 2026-1", **officers.by_two())
        assert clocks(made) == {"law.privacy_data_returned": "MET"}
        assert [s.kind for s in officers.see(made).steps][:2] == ["ENDED", "SUPERVISED"]


class TestIncidents:
    def test_stands_at_once_and_both_clocks_run(self, officers):
        made = officers.open("INCIDENT")
        assert officers.see(made).row.state == "STANDING"
        assert clocks(made) == {
            "pledge.privacy_authority_told": "RUNNING", "pledge.privacy_persons_told": "RUNNING",
        }  # fmt: skip
        with pytest.raises(operations.PrivacyNoticesMissing):
            operations.end_privacy_record(record_id=made, note="完了", **officers.by_one())

        for addressee in ("AUTHORITY", "PERSONS"):
            operations.tell_of_incident(
                record_id=made, addressee=addressee, told_at=NOON, note="书面", **officers.by_one()
            )
        assert set(clocks(made).values()) == {"MET"}
        operations.end_privacy_record(record_id=made, note="整改完", **officers.by_one())
        assert officers.see(made).row.state == "ENDED"

    @pytest.mark.parametrize("hours", [-2, 1])
    def test_nobody_is_told_before_it_was_known_or_in_the_future(self, officers, hours):
        made = officers.open("INCIDENT")
        with pytest.raises(operations.BadPrivacyRecord):
            operations.tell_of_incident(
                record_id=made, addressee="AUTHORITY", told_at=NOON + timedelta(hours=hours),
                note="书面", **officers.by_one(),
            )  # fmt: skip
        assert set(clocks(made).values()) == {"RUNNING"}

    def test_persons_are_not_told_only_where_two_agree(self, officers):
        made = officers.open("INCIDENT")
        told = {"record_id": made, "note": "已加密，密钥未泄露"}
        with pytest.raises(operations.PrivacyRecordMoved):  # nothing is proposed
            operations.decide_not_to_tell(agree=True, **told, **officers.by_two())
        operations.decide_not_to_tell(agree=None, **told, **officers.by_one())
        with pytest.raises(operations.NotTheAuthorOfIt):
            operations.decide_not_to_tell(agree=True, **told, **officers.by_one())
        assert clocks(made)["pledge.privacy_persons_told"] == "RUNNING"
        operations.decide_not_to_tell(agree=False, **told, **officers.by_two())
        assert officers.see(made).row.missing == ("AUTHORITY", "PERSONS")
        operations.decide_not_to_tell(agree=None, **told, **officers.by_one())
        operations.decide_not_to_tell(agree=True, **told, **officers.by_two())
        assert officers.see(made).row.missing == ("AUTHORITY",)
        assert clocks(made) == {
            "pledge.privacy_authority_told": "RUNNING", "pledge.privacy_persons_told": "MET",
        }  # fmt: skip

    def test_more_becomes_known_but_never_when(self, officers):
        made = officers.open("INCIDENT")
        operations.write_privacy_record(
            record_id=made, revision=1, new=new("INCIDENT", persons=9000, known_at=NOON),
            **officers.by_two(),
        )  # fmt: skip
        found = officers.see(made)
        assert (found.persons, found.row.known_at) == (9000, NOON - timedelta(hours=1))

    @pytest.mark.parametrize(
        "wrong",
        [{"known_at": NOON + timedelta(minutes=1)}, {"known_at": None}, {"persons": None},
         {"persons": -1}, {"title": ""}],
    )  # fmt: skip
    def test_what_cannot_be_changes_nothing(self, officers, wrong):
        with pytest.raises(operations.BadPrivacyRecord):
            officers.open("INCIDENT", **wrong)
        assert not PrivacyRecord.objects.exists()

    def test_an_officer_finds_what_is_overdue_in_the_queue(self, officers):
        made = officers.open("INCIDENT")
        late = NOON + timedelta(hours=5)
        while obligations.tick(late, 200):
            pass
        item_id = work.take_next(queue="people.privacy", **officers.by_two(late))
        assert Item.objects.get(pk=item_id).subject == f"privacy_record:{made}"


class TestAudits:
    def test_the_approved_one_plans_the_next_and_its_clock(self, officers):
        made = officers.open("AUDIT")
        assert clocks(made) == {"pledge.privacy_audit_due": "RUNNING"}
        for next_on in (None, TODAY):
            with pytest.raises(operations.BadPrivacyRecord, match="下一次"):
                operations.approve_privacy_record(
                    record_id=made, revision=1, next_on=next_on, **officers.by_two()
                )
        operations.approve_privacy_record(
            record_id=made, revision=1, next_on=TODAY + 600 * DAY, **officers.by_two()
        )
        assert clocks(made) == {"pledge.privacy_audit_due": "MET"}
        planned = PrivacyRecord.objects.get(kind="AUDIT", state="DRAFT")
        assert (planned.until, planned.said["findings"]) == (TODAY + 600 * DAY, "")
        assert clocks(planned.pk) == {"pledge.privacy_audit_due": "RUNNING"}

    def test_is_not_approved_without_findings_nor_put_off_nor_given_up(self, officers):
        due = TODAY + 30 * DAY
        empty = answers("AUDIT", findings="")
        made = officers.open("AUDIT", said=empty, until=due)
        with pytest.raises(operations.BadPrivacyRecord, match="发现的问题"):
            operations.approve_privacy_record(
                record_id=made, revision=1, next_on=TODAY + 400 * DAY, **officers.by_two()
            )
        operations.write_privacy_record(
            record_id=made, revision=1, new=new("AUDIT", until=TODAY + 900 * DAY), **officers.by_one()
        )  # fmt: skip
        assert officers.see(made).row.until == due
        with pytest.raises(operations.PrivacyRecordMoved):
            operations.give_up_privacy_record(record_id=made, note="不审了", **officers.by_one())


def test_the_journal_tells_nothing_of_what_was_written(officers):
    made = officers.open("INCIDENT", said=answers("INCIDENT", cause="张三的电脑丢失"))
    operations.note_privacy_work(record_id=made, note="李四已收回", **officers.by_one())
    told = str(list(Event.objects.filter(subject=f"privacy_record:{made}").values_list("facts")))
    assert "张三" not in told
    assert "李四" not in told
    assert kinds_of(made) == ["people.privacy_incident_reported", "people.privacy_work_noted"]


def test_a_list_goes_on_by_key(officers):
    made = [officers.open("ASSESSMENT", title=f"评估 {n}") for n in range(32)]
    rows, following = queries.list_privacy_records(officers.auditor, "ASSESSMENT")
    rest, end = queries.list_privacy_records(officers.auditor, "ASSESSMENT", before=following)
    assert [row.id for row in (*rows, *rest)] == made[::-1]
    assert end is None
