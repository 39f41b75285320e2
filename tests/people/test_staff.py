"""hire_staff, grant_role, end_role, let_staff_go, and the access that follows …"""

from datetime import timedelta
from decimal import Decimal

import pyotp
import pytest

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import Staff, StaffRole
from yilu.people.rules import rights

pytestmark = pytest.mark.django_db


class TestHireStaff:
    def test_keeps_neither_password_nor_secret_in_the_clear(self, cast_):
        chen = Staff.objects.get(pk=cast_.chen)

        assert cast.CHEN_PASSWORD not in chen.password
        assert cast.CHEN_SECRET.encode() not in bytes(chen.totp_secret)

    def test_refuses_a_taken_name_and_changes_nothing(self, cast_):
        before = Staff.objects.count()

        with pytest.raises(people.UsernameTaken):
            make.staff(cast_.branch_b, username="CHEN")

        assert Staff.objects.count() == before

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"username": "a"}, people.BadStaff),
            ({"username": "white space"}, people.BadStaff),
            ({"name": "  "}, people.BadStaff),
            ({"office_id": 999999}, people.BadStaff),
            ({"totp_secret": "short"}, people.BadStaff),
            ({"phone": "123"}, people.BadStaff),
            ({"password": "1234567890123"}, people.WeakPassword),
            ({"password": "short"}, people.WeakPassword),
            ({"password": "password123456", "username": "password123"}, people.WeakPassword),
        ],
    )
    def test_refuses_malformed_particulars(self, wrong, refusal):
        told = {"office_id": make.head_office()}

        with pytest.raises(refusal):
            make.staff(**{**told, **wrong})

        assert not Staff.objects.exists()

    def test_takes_the_right_to_administer_staff_over_that_office(self, cast_):
        operator = make.staff(cast_.branch_a, "OPERATOR")
        told = {"username": "new", "name": "新人"}

        people.hire_staff(**told, office_id=cast_.branch_a, actor=Ref("staff", operator), at=NOON)
        for actor, office in ((operator, cast_.branch_b), (cast_.chen, cast_.branch_a)):
            with pytest.raises(NotAllowed):
                people.hire_staff(
                    username="other",
                    name="别人",
                    office_id=office,
                    actor=Ref("staff", actor),
                    at=NOON,
                )
        with pytest.raises(NotAllowed):
            people.hire_staff(
                username="other", name="别人", office_id=cast_.branch_a, actor=cast_.as_lin, at=NOON
            )


class TestGrantRole:
    def test_gives_rights_over_the_office_and_all_below_in_one_statement(
        self, cast_, django_assert_num_queries
    ):
        below = make.office("SUB_BRANCH", parent_id=cast_.branch_a)

        with django_assert_num_queries(1):
            access = queries.staff_access(cast_.chen)

        assert access.office_ids == {cast_.branch_a, below}
        assert access.roles == {"ASSESSOR"}
        assert access.may("claims.assess", office_id=below, amount=Decimal("50000"))
        assert not access.may("claims.assess", office_id=cast_.branch_b)
        assert not access.may("claims.decide", office_id=below, amount=Decimal("50000.01"))
        assert access.limit_for("claims.decide") == Decimal("50000.00")
        assert access.limit_for("claims.pay") == 0
        assert access.offices_for("work.lead") == frozenset()

    def test_never_adds_the_office_of_one_role_to_the_amount_of_another(self, cast_):
        people.grant_role(
            staff_id=cast_.chen, role="REVIEWER", office_id=cast_.branch_b,
            amount_limit=Decimal("200000"), actor=SYSTEM, at=NOON,
        )  # fmt: skip
        access = cast_.chens_access

        assert access.may("claims.decide", office_id=cast_.branch_b, amount=Decimal("200000"))
        assert not access.may("claims.decide", office_id=cast_.branch_a, amount=Decimal("200000"))

    def test_require_says_whether_right_office_or_amount_lacks(self, cast_):
        access = cast_.chens_access

        with pytest.raises(NotAllowed) as right:
            access.require("system.operate")
        with pytest.raises(queries.OutsideOffices):
            access.require("claims.decide", office_id=cast_.branch_b)
        with pytest.raises(queries.AboveAuthority):
            access.require("claims.decide", office_id=cast_.branch_a, amount=Decimal("50000.01"))
        assert right.value.code == "not_allowed"
        access.require("claims.decide", office_id=cast_.branch_a, amount=Decimal("50000"))

    def test_an_unknown_right_is_a_slip_of_the_program(self, cast_):
        with pytest.raises(KeyError):
            cast_.chens_access.may("claims.juggle")

    def test_is_refused_twice_and_for_oneself(self, cast_):
        boss = make.staff(cast_.head, "OPERATOR")
        with pytest.raises(people.RoleHeldAlready):
            people.grant_role(
                staff_id=cast_.chen,
                role="ASSESSOR",
                office_id=cast_.branch_a,
                actor=SYSTEM,
                at=NOON,
            )
        with pytest.raises(people.NotForOneself):
            people.grant_role(
                staff_id=boss,
                role="TEAM_LEAD",
                office_id=cast_.head,
                actor=Ref("staff", boss),
                at=NOON,
            )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"role": "KING"},
            {"amount_limit": Decimal("-1")},
            {"office_id": 999999},
            {"valid_to": NOON.date() - timedelta(days=1)},
        ],
    )
    def test_refuses_what_makes_no_sense(self, cast_, wrong):
        told = {"staff_id": cast_.luo, "role": "INTAKE", "office_id": cast_.branch_a}

        with pytest.raises(people.BadRole):
            people.grant_role(**{**told, **wrong}, actor=SYSTEM, at=NOON)

        assert not StaffRole.objects.filter(staff_id=cast_.luo).exists()

    def test_holds_from_its_first_day_until_the_day_before_its_end(self, cast_):
        first = NOON.date() + timedelta(days=10)
        people.grant_role(
            staff_id=cast_.luo, role="INTAKE", office_id=cast_.branch_a,
            valid_from=first, valid_to=first + timedelta(days=2), actor=SYSTEM, at=NOON,
        )  # fmt: skip

        held = [
            bool(queries.staff_access(cast_.luo, on=first + timedelta(days=n)).roles)
            for n in range(-1, 4)
        ]
        assert held == [False, True, True, False, False]


class TestEndRole:
    def test_takes_the_rights_back_the_same_day(self, cast_):
        people.end_role(
            staff_id=cast_.chen, role="ASSESSOR", office_id=cast_.branch_a, actor=SYSTEM, at=NOON
        )

        assert not cast_.chens_access.roles
        assert Event.objects.filter(kind="people.role_ended").count() == 1
        with pytest.raises(people.StaffNotFound):
            people.end_role(
                staff_id=cast_.chen,
                role="ASSESSOR",
                office_id=cast_.branch_a,
                actor=SYSTEM,
                at=NOON,
            )

    def test_leaves_the_earlier_version_in_the_history(self, cast_):
        from yilu.people.models import StaffRoleEvent

        people.end_role(
            staff_id=cast_.chen, role="ASSESSOR", office_id=cast_.branch_a, actor=SYSTEM, at=NOON
        )

        assert StaffRoleEvent.objects.get().valid_to is None


class TestLetStaffGo:
    def test_ends_every_role_and_session(self, cast_):
        people.let_staff_go(staff_id=cast_.chen, actor=SYSTEM, at=NOON)

        with pytest.raises(NotAllowed):
            queries.staff_access(cast_.chen)
        assert queries.find_signed_in(cast_.as_chen) is None
        assert not StaffRole.objects.filter(staff_id=cast_.chen, valid_to=None).exists()
        assert queries.get_staff(cast_.chen).active is False
        with pytest.raises(people.StaffNotFound):
            people.let_staff_go(staff_id=cast_.chen, actor=SYSTEM, at=NOON)


class TestPasswords:
    def test_change_password_takes_the_present_one_and_ends_other_sessions(self, cast_):
        before = queries.find_signed_in(cast_.as_chen).session_epoch
        told = {"staff_id": cast_.chen, "new": "another long enough one", "at": NOON}

        with pytest.raises(people.SignInRefused):
            people.change_password(**told, present="wrong", actor=cast_.as_chen)
        with pytest.raises(people.SignInRefused):
            people.change_password(**told, present=cast.CHEN_PASSWORD, actor=cast_.as_bai)
        people.change_password(**told, present=cast.CHEN_PASSWORD, actor=cast_.as_chen)

        assert queries.find_signed_in(cast_.as_chen).session_epoch == before + 1

    def test_reset_password_is_for_administrators_and_gives_one_for_a_single_sign_in(self, cast_):
        with pytest.raises(NotAllowed):
            people.reset_password(
                staff_id=cast_.luo, reason="FORGOTTEN", actor=cast_.as_chen, at=NOON
            )
        boss = Ref("staff", make.staff(cast_.head, "OPERATOR"))
        told = {"staff_id": cast_.chen, "actor": boss, "at": NOON}
        with pytest.raises(people.ReasonNotNamed):
            people.reset_password(**told)

        password = people.reset_password(**told, reason="FORGOTTEN")

        assert queries.staff_access(cast_.chen).password_due
        people.change_password(
            staff_id=cast_.chen, present=password, new="my very own words", actor=cast_.as_chen, at=NOON
        )  # fmt: skip
        assert not queries.staff_access(cast_.chen).password_due
        facts = [
            e.facts for e in Event.objects.filter(kind="people.password_changed").order_by("id")
        ]
        assert ["FORGOTTEN" in str(each) for each in facts] == [True, False]

    def test_one_time_password_opens_nothing_after_three_days(self, cast_):
        password = people.reset_password(staff_id=cast_.chen, actor=SYSTEM, at=NOON)
        told = {"username": "chen", "password": password}
        for later, admitted in ((timedelta(days=3), False), (timedelta(days=2), True)):
            at = NOON + later
            totp = pyotp.TOTP(cast.CHEN_SECRET).at(at)
            if admitted:
                assert people.sign_in_staff(**told, totp=totp, at=at) == cast_.as_chen
            else:
                with pytest.raises(people.SignInRefused):
                    people.sign_in_staff(**told, totp=totp, at=at)

    def test_nobody_renews_both_keys_of_somebody_who_has_roles(self, cast_):
        one, other = (Ref("staff", make.staff(cast_.head, "OPERATOR")) for _ in range(2))
        told = {"staff_id": cast_.chen, "reason": "LOST", "at": NOON}

        people.reset_password(**told, actor=one)
        people.reset_password(**told, actor=one)
        with pytest.raises(people.SecondAdministratorNeeded):
            people.set_up_totp(**told, actor=one)
        people.set_up_totp(**told, actor=other)


def test_the_rights_table_names_only_rights_and_roles_there_are():
    assert set(rights.ROLE_RIGHTS) == set(StaffRole.Role.values)
    for granted in rights.ROLE_RIGHTS.values():
        assert granted <= set(rights.RIGHTS)
    assert set(rights.STANDARD_LIMITS) <= set(rights.ROLE_RIGHTS)
    assert "people.unmask" not in rights.ROLE_RIGHTS["AUDITOR"]


def test_list_staff_shows_the_offices_the_asker_sees(cast_, django_assert_num_queries):
    access = cast_.chens_access
    with django_assert_num_queries(2):
        shown = {p.id: p.roles for p in queries.list_staff(access)}

    assert shown == {cast_.chen: ("ASSESSOR",), cast_.luo: ()}


def test_names_of_names_staff_agents_and_the_platform_but_no_customer(
    cast_, django_assert_num_queries
):
    refs = [cast_.as_chen, cast_.as_wei, cast_.as_lin, SYSTEM]
    with django_assert_num_queries(1):
        names = queries.names_of(refs)

    assert names == {cast_.as_chen: "陈审核", cast_.as_wei: "魏代理", SYSTEM: "系统"}
