"""Who may give and take which roles, and who may not be let go …"""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import StaffRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(cast_):
    """Who administers the whole insurer."""
    return Ref("staff", make.staff(cast_.head, "OPERATOR"))


@pytest.fixture
def local(cast_):
    """Who administers branch a, and may assess there up to 50,000."""
    return Ref("staff", make.staff(cast_.branch_a, "OPERATOR", "ASSESSOR"))


def give(cast_, actor, **given):
    told = {"staff_id": cast_.luo, "role": "ASSESSOR", "office_id": cast_.branch_a, "reason": "NEW"}
    return people.grant_role(**{**told, **given}, actor=actor, at=NOON)


def test_whoever_administers_the_insurer_gives_every_role_and_says_why(cast_, boss):
    with pytest.raises(people.ReasonNotNamed):
        give(cast_, boss, reason="BECAUSE")

    give(cast_, boss, role="TEAM_LEAD", amount_limit=Decimal("300000"))

    event = Event.objects.filter(kind="people.role_granted").latest("id")
    assert event.actor == str(boss)
    assert "NEW" in str(event.facts)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"role": "TEAM_LEAD"}, people.BeyondOwnRights),
        ({"amount_limit": Decimal("50000.01")}, people.BeyondOwnRights),
        ({"office_id": "head"}, queries.OutsideOffices),
        ({"office_id": "branch_b"}, queries.OutsideOffices),
        ({"role": "INTAKE", "amount_limit": Decimal(1)}, people.BadRole),
        ({"valid_from": NOON.date() - timedelta(days=1)}, people.BadRole),
    ],
)
def test_a_branchs_administrator_gives_no_more_than_they_have(cast_, local, wrong, refusal):
    if "office_id" in wrong:
        wrong = {"office_id": getattr(cast_, wrong["office_id"])}
    with pytest.raises(refusal):
        give(cast_, local, **wrong)
    assert not StaffRole.objects.filter(staff_id=cast_.luo).exists()

    give(cast_, local)
    give(cast_, local, role="OPERATOR")
    assert queries.staff_access(cast_.luo).may("claims.decide", cast_.branch_a, Decimal("50000"))


def test_the_page_offers_just_those_roles(cast_, boss, local):
    assert set(queries.giveable_roles(queries.staff_access(local.id), cast_.branch_a)) >= {
        "OPERATOR", "ASSESSOR",
    }  # fmt: skip
    assert "TEAM_LEAD" not in queries.giveable_roles(queries.staff_access(local.id), cast_.branch_a)
    assert len(queries.giveable_roles(queries.staff_access(boss.id), cast_.branch_a)) == len(
        queries.ROLE_RIGHTS
    )


def test_the_same_role_on_the_same_days_is_given_once(cast_, boss):
    day = NOON.date()
    give(cast_, boss, valid_to=day + timedelta(days=10))
    with pytest.raises(people.RoleHeldAlready):
        give(cast_, boss, valid_from=day + timedelta(days=9))
    give(cast_, boss, valid_from=day + timedelta(days=10))

    people.end_role(
        staff_id=cast_.luo, role="ASSESSOR", office_id=cast_.branch_a, reason="MOVED", actor=boss,
        at=NOON,
    )  # fmt: skip

    assert not queries.offices_of_roles(cast_.luo)


def test_nobody_ends_their_own_roles_or_lets_themselves_go(cast_, boss):
    with pytest.raises(people.NotForOneself):
        people.end_role(
            staff_id=boss.id, role="OPERATOR", office_id=cast_.head, reason="MOVED", actor=boss,
            at=NOON,
        )  # fmt: skip
    with pytest.raises(people.NotForOneself):
        people.let_staff_go(staff_id=boss.id, reason="RETIRED", actor=boss, at=NOON)


def test_the_last_administrator_stays(cast_, boss):
    for leave in (
        lambda: people.let_staff_go(staff_id=boss.id, actor=SYSTEM, at=NOON),
        lambda: people.end_role(
            staff_id=boss.id, role="OPERATOR", office_id=cast_.head, actor=SYSTEM, at=NOON
        ),
    ):
        with pytest.raises(people.LastAdministrator):
            leave()
    passing = make.staff(cast_.head)
    give(cast_, boss, staff_id=passing, role="OPERATOR", office_id=cast_.head,
         valid_to=NOON.date() + timedelta(days=9))  # fmt: skip
    with pytest.raises(people.LastAdministrator):  # one for some days is not for good
        people.let_staff_go(staff_id=boss.id, actor=SYSTEM, at=NOON)
    make.staff(cast_.head, "OPERATOR")

    people.let_staff_go(staff_id=boss.id, actor=SYSTEM, at=NOON)

    assert not queries.get_staff(boss.id).active


def test_a_branch_does_not_act_on_whoever_may_do_more_than_the_branch(cast_, local):
    """They work here, but hold a role over the head office: their key would open it."""
    people.grant_role(
        staff_id=cast_.luo, role="TEAM_LEAD", office_id=cast_.head, actor=SYSTEM, at=NOON
    )
    for act in (
        lambda: people.reset_password(staff_id=cast_.luo, reason="LOST", actor=local, at=NOON),
        lambda: people.set_up_totp(staff_id=cast_.luo, reason="LOST", actor=local, at=NOON),
        lambda: people.let_staff_go(staff_id=cast_.luo, reason="RESIGNED", actor=local, at=NOON),
        lambda: people.unlock_sign_in(staff_id=cast_.luo, actor=local, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_office_is_opened_below_ones_own(cast_, local, boss):
    told = {"code": "N1", "name": "新机构", "level": "SUB_BRANCH", "at": NOON}
    with pytest.raises(NotAllowed):
        people.open_office(**told, parent_id=cast_.branch_b, actor=local)
    with pytest.raises(NotAllowed):
        people.open_office(
            code="N2", name="又一总公司", level="HEAD", parent_id=None, actor=boss, at=NOON
        )
    people.open_office(**told, parent_id=cast_.branch_a, actor=local)


def test_the_directory_shows_ones_own_offices_a_page_at_a_time(cast_, local):
    access = queries.staff_access(local.id)
    shown = queries.staff_directory(access, limit=1)
    everybody = [row.id for row in queries.staff_directory(access)]

    assert [row.id for row in queries.staff_directory(access, after=shown[0].id)] == everybody[1:]
    assert {row.office_id for row in queries.staff_directory(access)} == {cast_.branch_a}
    assert queries.staff_directory(access, office_id=cast_.branch_b) == ()
    assert [row.id for row in queries.staff_directory(access, text="CHEN")] == [cast_.chen]
    assert queries.staff_directory(access, text="%") == queries.staff_directory(access)
    assert queries.staff_directory(access, left=True) == ()
    assert queries.staff_file(access, cast_.bai, at=NOON) is None


class TestAboveTheStandard:
    """A reviewer's standard authority is 200,000: more is asked for by one and given by another."""

    @pytest.fixture
    def second(self, cast_):
        return Ref("staff", make.staff(cast_.head, "OPERATOR"))

    def asked(self, cast_, **given):
        told = {
            "staff_id": cast_.luo, "role": "REVIEWER", "office_id": cast_.branch_a, "reason": "MOVED",
            "amount_limit": Decimal("300000"), "valid_from": None, "valid_to": None,
        }  # fmt: skip
        return people.Asked(**{**told, **given})

    def test_one_alone_gives_nothing(self, cast_, boss):
        with pytest.raises(people.AboveStandard):
            give(cast_, boss, role="REVIEWER", amount_limit=Decimal("200000.01"))
        made = people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)
        with pytest.raises(people.AnotherAdministrator):
            people.agree_to_role(proposal_id=made, actor=boss, at=NOON)
        with pytest.raises(people.AskedAlready):
            people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)

        assert not StaffRole.objects.filter(staff_id=cast_.luo).exists()

    def test_another_gives_it_once_from_that_day(self, cast_, boss, second):
        made = people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)
        later = NOON + timedelta(days=3)

        people.agree_to_role(proposal_id=made, actor=second, at=later)

        held = StaffRole.objects.get(staff_id=cast_.luo)
        assert (held.amount_limit, held.valid_from) == (Decimal("300000.00"), later.date())
        told = Event.objects.get(
            kind="people.role_granted", facts__role="REVIEWER", subject=f"staff:{cast_.luo}"
        )
        assert told.actor == str(second)
        with pytest.raises(people.ProposalNotFound):
            people.agree_to_role(proposal_id=made, actor=second, at=later)

    def test_what_is_declined_is_not_given(self, cast_, boss, second):
        made = people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)
        people.decline_role(proposal_id=made, actor=second, at=NOON)

        with pytest.raises(people.ProposalNotFound):
            people.agree_to_role(proposal_id=made, actor=second, at=NOON)
        assert not StaffRole.objects.filter(staff_id=cast_.luo).exists()
        again = people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)
        people.decline_role(proposal_id=again, actor=boss, at=NOON)  # taken back
        assert queries.role_proposals(queries.staff_access(second.id)) == ()

    def test_a_branch_does_not_decide_beyond_itself(self, cast_, boss, local):
        here = people.propose_role(asked=self.asked(cast_), actor=boss, at=NOON)
        there = people.propose_role(
            asked=self.asked(cast_, office_id=cast_.branch_b), actor=boss, at=NOON
        )
        with pytest.raises(people.BeyondOwnRights):
            people.agree_to_role(proposal_id=here, actor=local, at=NOON)
        for decide in (people.agree_to_role, people.decline_role):
            with pytest.raises(people.ProposalNotFound):
                decide(proposal_id=there, actor=local, at=NOON)
        with pytest.raises(people.BeyondOwnRights):
            people.propose_role(asked=self.asked(cast_), actor=local, at=NOON)

    def test_nobody_agrees_to_their_own_authority(self, cast_, boss, second):
        made = people.propose_role(asked=self.asked(cast_, staff_id=second.id), actor=boss, at=NOON)
        with pytest.raises(people.NotForOneself):
            people.agree_to_role(proposal_id=made, actor=second, at=NOON)

    def test_within_the_standard_nobody_else_is_asked(self, cast_, boss):
        with pytest.raises(people.WithinStandard):
            people.propose_role(
                asked=self.asked(cast_, amount_limit=Decimal("200000")), actor=boss, at=NOON
            )
