"""Two hands on one right or one entry of the register, on real connections: one of them is told."""

from datetime import timedelta

import pytest

from tests import cast, make
from tests.in_a_row import stopped_by
from tests.make import NOON
from tests.payments.test_at_the_same_time import at_once
from tests.people.test_privacy_register import TODAY, Officers, answers, new
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.people import operations
from yilu.people.models import PrivacyRecord, Staff, StaffRole

pytestmark = pytest.mark.django_db(transaction=True)


def names(results):
    return sorted(type(each).__name__ for each in results)


def happened(kind):
    return Event.objects.filter(kind=f"people.{kind}").count()


class TestRights:
    @pytest.fixture
    def people(self):
        return cast.assemble()

    @pytest.fixture
    def bosses(self, people):
        """The only two who administer the whole insurer."""
        return [make.staff(people.head, "OPERATOR") for _ in range(2)]

    def test_the_last_two_administrators_cannot_let_each_other_go(self, people, bosses):
        def let_go(one, by):
            operations.let_staff_go(
                staff_id=one, reason="RESIGNED", actor=Ref("staff", by), at=NOON
            )

        one, two = bosses
        roles = StaffRole.objects.filter(staff_id__in=bosses)
        results = stopped_by(roles, lambda: let_go(one, two), lambda: let_go(two, one))
        assert names(results) == ["LastAdministrator", "NoneType"]
        assert Staff.objects.filter(pk__in=bosses, active=True).count() == 1
        assert happened("staff_left") == 1

    def test_nor_take_the_role_from_each_other(self, people, bosses):
        def end(one, by):
            operations.end_role(
                staff_id=one, role="OPERATOR", office_id=people.head, reason="MOVED",
                actor=Ref("staff", by), at=NOON,
            )  # fmt: skip

        one, two = bosses
        roles = StaffRole.objects.filter(staff_id__in=bosses)
        results = stopped_by(roles, lambda: end(one, two), lambda: end(two, one))
        assert names(results) == ["LastAdministrator", "NoneType"]
        held = StaffRole.objects.filter(staff_id__in=bosses, role="OPERATOR", valid_to=None)
        assert held.count() == 1
        assert happened("role_ended") == 1

    def test_one_role_given_by_two_is_held_once(self, people, bosses):
        def give(by):
            return operations.grant_role(
                staff_id=people.luo, role="ASSESSOR", office_id=people.branch_b, reason="NEW",
                actor=Ref("staff", by), at=NOON,
            )  # fmt: skip

        before = happened("role_granted")
        results = at_once(*[lambda by=by: give(by) for by in bosses])
        assert names(results) == ["RoleHeldAlready", "int"]
        held = StaffRole.objects.filter(staff_id=people.luo, office_id=people.branch_b)
        assert held.count() == 1
        assert happened("role_granted") == before + 1

    def test_a_role_is_not_given_to_who_is_leaving(self, people, bosses):
        def give():
            operations.grant_role(
                staff_id=people.luo, role="ASSESSOR", office_id=people.branch_b, reason="NEW",
                actor=Ref("staff", bosses[0]), at=NOON,
            )  # fmt: skip

        def let_go():
            operations.let_staff_go(
                staff_id=people.luo, reason="RESIGNED", actor=Ref("staff", bosses[1]), at=NOON
            )

        results = at_once(give, let_go)
        assert set(names(results)) <= {"NoneType", "StaffNotFound"}
        assert not Staff.objects.get(pk=people.luo).active
        assert not StaffRole.objects.filter(staff_id=people.luo, valid_to=None).exists()

    def test_roles_that_ended_by_date_are_told_once_by_two_workers(self, people, bosses):
        operations.grant_role(
            staff_id=people.luo, role="ASSESSOR", office_id=people.branch_b, reason="NEW",
            valid_to=NOON.date() + timedelta(days=3), actor=Ref("staff", bosses[0]), at=NOON,
        )  # fmt: skip
        later = NOON + timedelta(days=4)
        told = at_once(*[lambda: operations.end_roles_by_date(at=later)] * 3)
        assert sorted(told) == [0, 0, 1]
        assert happened("role_ended") == 1


class TestRegister:
    @pytest.fixture
    def officers(self):
        make.standards_in_force()
        return Officers()

    def test_two_approve_it_once(self, officers):
        third, ref = make.colleague(make.head_office(), "PRIVACY_OFFICER", username="three")
        made = officers.open("ASSESSMENT")

        def approve(by):
            operations.approve_privacy_record(record_id=made, revision=1, **by)

        hands = [officers.by_two(), {"access": third, "actor": ref, "at": NOON}]
        results = at_once(*[lambda by=by: approve(by) for by in hands])
        assert names(results) == ["NoneType", "PrivacyRecordMoved"]
        assert happened("privacy_record_approved") == 1

    def test_what_is_approved_is_what_was_read(self, officers):
        made = officers.open("ASSESSMENT")
        results = at_once(
            lambda: operations.approve_privacy_record(
                record_id=made, revision=1, **officers.by_two()
            ),
            lambda: operations.write_privacy_record(
                record_id=made,
                revision=1,
                new=new("ASSESSMENT", title="新名称"),
                **officers.by_one(),
            ),
        )
        assert names(results) == ["NoneType", "PrivacyRecordMoved"]
        row = PrivacyRecord.objects.get(pk=made)
        assert (row.state, row.title) in {("STANDING", "短信服务"), ("DRAFT", "新名称")}

    def test_of_an_audit_approved_by_two_the_next_is_planned_once(self, officers):
        third, ref = make.colleague(make.head_office(), "PRIVACY_OFFICER", username="three")
        made = officers.open("AUDIT")
        hands = [officers.by_two(), {"access": third, "actor": ref, "at": NOON}]
        at_once(
            *[
                lambda by=by: operations.approve_privacy_record(
                    record_id=made, revision=1, next_on=TODAY + timedelta(days=600), **by
                )
                for by in hands
            ]
        )
        assert PrivacyRecord.objects.filter(kind="AUDIT", state="DRAFT").count() == 1

    def test_that_persons_are_not_told_is_proposed_once_and_answered_once(self, officers):
        made = officers.open("INCIDENT")

        def say(by, agree):
            operations.decide_not_to_tell(
                record_id=made, agree=agree, note="已加密，不会造成危害", **by
            )

        asked = at_once(lambda: say(officers.by_one(), None), lambda: say(officers.by_two(), None))
        assert names(asked) == ["NoneType", "PrivacyRecordMoved"]
        who = PrivacyRecord.objects.get(pk=made).steps.get(kind="NOT_TOLD_ASKED").actor
        other = officers.by_two() if who == str(officers.one_ref) else officers.by_one()
        answered = at_once(lambda: say(other, True), lambda: say(other, False))
        assert names(answered) == ["NoneType", "PrivacyRecordMoved"]

    def test_no_processor_stands_on_an_assessment_that_ends_in_the_same_moment(self, officers):
        for n in range(4):
            assessment = officers.handed_on(title=f"评估{n}")

            def begin(assessment=assessment):
                return officers.open("PROCESSOR", assessment_id=assessment)

            def end(assessment=assessment):
                operations.end_privacy_record(
                    record_id=assessment, note="已停止处理", **officers.by_two()
                )

            results = at_once(begin, end)
            stands = PrivacyRecord.objects.get(pk=assessment).state == "STANDING"
            leans = PrivacyRecord.objects.filter(assessment_id=assessment).exists()
            assert stands == leans, names(results)
            assert "BadPrivacyRecord" in names(results)

    def test_two_newer_assessments_replace_the_old_one_once(self, officers):
        old = officers.handed_on()
        newer = [
            officers.open(
                "ASSESSMENT", replaces_id=old, said=answers("ASSESSMENT", ground="HANDED_ON")
            )
            for _ in range(2)
        ]
        results = at_once(
            *[
                lambda made=made: operations.approve_privacy_record(
                    record_id=made, revision=1, **officers.by_two()
                )
                for made in newer
            ]
        )
        assert names(results) == ["NoneType", "PrivacyRecordMoved"]
        standing = PrivacyRecord.objects.filter(kind="ASSESSMENT", state="STANDING")
        assert standing.count() == 1
