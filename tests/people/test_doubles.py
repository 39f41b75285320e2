"""find_doubles, name_double, propose_merge, confirm_merge, call_distinct, send_back, ask_to_part, confirm_parting …"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast, make
from tests.make import NOON
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.journeys import operations as journeys
from yilu.journeys.models import KeptForm
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Preference
from yilu.people import jobs, queries
from yilu.people import operations as people
from yilu.people.models import Double, MergedLately, MovedReference, Party, SearchKey
from yilu.people.operations import following
from yilu.people.rules.doubles import Shared, grounds
from yilu.policies import queries as policies
from yilu.work import operations as work
from yilu.work.models import Item

BORN = date(1985, 6, 15)
PHONE = "13911112222"
WHY = "证件与本人一致，客户确认"


@pytest.fixture
def two(cast_):
    """Two colleagues of branch A who may register people."""
    return [make.colleague(cast_.branch_a, "SERVICING") for _ in range(2)]


@pytest.fixture
def pair(cast_, two):
    """Lin's old record and a new one that lacks her number, named by a colleague."""
    double = people.register_party(
        name="林女士", office_id=cast_.branch_a, phone=PHONE,
        actor=SYSTEM, at=NOON,
    )  # fmt: skip
    return double, people.name_double(
        party_id=double, other_id=cast_.lin, access=two[0][0], actor=two[0][1], at=NOON
    )


def step(do, pair_id, who, **more):
    access, actor = who
    do(double_id=pair_id, why=WHY, access=access, actor=actor, at=NOON, **more)


def merge(pair_id, two, keeps):
    step(people.propose_merge, pair_id, two[0], keeps_id=keeps)
    step(people.confirm_merge, pair_id, two[1])
    journal.run_reactions(NOON)


def work_item(party_id, office_id):
    """Work about a customer, whom no index of its table finds."""
    work.declare_queues(at=NOON)
    tx.use_case(work.open_item)(
        "claims.documents", about=Ref("party", party_id), office_id=office_id, at=NOON, party_id=party_id,
        title="待办",
    )  # fmt: skip
    return Item.objects.filter(queue="claims.documents").get


def state(pair_id):
    return Double.objects.get(pk=pair_id).state


@pytest.mark.django_db
class TestFindDoubles:
    def registered(self, cast_, **given):
        told = {"name": "赵大明", "office_id": cast_.branch_a, "birth_date": BORN} | given
        return people.register_party(**told, actor=SYSTEM, at=NOON)

    @pytest.mark.parametrize(
        ("one", "other", "why"),
        [
            ({"phone": PHONE}, {"phone": PHONE}, ["NAME_BIRTH_PHONE"]),
            ({}, {"name": "赵达明"}, ["NAME_BIRTH"]),  # the same sound
            ({"phone": PHONE, "birth_date": None}, {"phone": PHONE}, ["NAME_PHONE"]),
        ],
    )
    def test_brings_up_what_looks_alike_once(self, cast_, one, other, why):
        first, second = self.registered(cast_, **one), self.registered(cast_, **other)
        while people.find_doubles(at=NOON):
            pass
        found = Double.objects.get()
        assert (found.first_id, found.second_id, found.grounds) == (first, second, why)
        assert not SearchKey.objects.filter(compared=False).exists()
        assert Event.objects.filter(kind="people.double_found").count() == 1

        people.change_party(
            party_id=second, changes={"email": "z@example.com"}, actor=SYSTEM, at=NOON
        )
        assert people.find_doubles(at=NOON) == 1  # looked at again, not brought up again
        assert Double.objects.count() == 1

    def test_leaves_other_people_alone(self, cast_):
        resident = {"identity_kind": "RESIDENT_ID", "birth_date": None}
        self.registered(cast_, **resident, identity_number=make.resident_id(BORN))
        self.registered(cast_, **resident, identity_number=make.resident_id(BORN))
        self.registered(cast_, name="钱小红", phone=PHONE)  # a family shares a phone
        self.registered(cast_, phone=PHONE, birth_date=date(2015, 1, 1))
        while people.find_doubles(at=NOON):
            pass
        assert not Double.objects.exists()


@given(st.builds(Shared, *[st.booleans()] * 6))
def test_another_name_is_another_person_and_another_number_only_where_it_was_mistyped(shared):
    why = grounds(shared)
    assert not (why and not shared.name)
    assert not (why and shared.differs) or why == ("NUMBER_NEAR",)
    assert not (why and shared.births_differ) or shared.near


@pytest.mark.django_db(transaction=True)
class TestMergeByTwo:
    def test_what_the_first_held_follows_and_goes_back(self, cast_, two, pair):
        gone, pair_id = pair
        policy = make.policy(cast_.branch_a, holder_id=gone, insured_id=cast_.lin_junior)
        account = make.account(gone)
        Preference.objects.create(recipient=f"party:{gone}", channel="SMS", changed_at=NOON)

        merge(pair_id, two, cast_.lin)

        assert state(pair_id) == "MERGED"
        assert queries.get_party(gone).id == cast_.lin
        assert [p.id for p in policies.list_for_party(cast_.lin)] == [policy.id]
        assert queries.get_payable_account(cast_.lin, account).party_id == cast_.lin
        assert Preference.objects.get().recipient == f"party:{cast_.lin}"
        assert queries.get_contact(Ref("party", gone)).phone.endswith(cast.LIN_PHONE)
        assert queries.find_signed_in(Ref("party", gone)) is None
        assert queries.records_of(cast_.lin) == (cast_.lin, gone)
        assert queries.moved_with(gone).went >= 3

        step(people.ask_to_part, pair_id, two[0])
        step(people.confirm_parting, pair_id, two[1])
        journal.run_reactions(NOON)

        assert state(pair_id) == "PARTED"
        assert [p.id for p in policies.list_for_party(gone)] == [policy.id]
        assert not policies.list_for_party(cast_.lin)
        assert queries.get_payable_account(gone, account).party_id == gone
        assert queries.get_contact(Ref("party", gone)).phone.endswith(PHONE)
        assert not MovedReference.objects.exists()

    def test_what_is_open_follows_at_once_where_an_index_finds_only_that(self, cast_, two, pair):
        gone, pair_id = pair
        form = {"journey": "servicing", "request": "contact_email", "code": "bad_form"}
        for told in ({"request": "contact_address"}, {}):
            journeys.keep_failed_form(
                party_id=gone, form={"email": "x"}, actor=Ref("party", gone), at=NOON, **form | told
            )
        KeptForm.objects.filter(request="contact_address").update(closed_at=NOON)
        merge(pair_id, two, cast_.lin)

        kept = dict(KeptForm.objects.values_list("request", "party_id"))
        assert kept == {"contact_email": cast_.lin, "contact_address": gone}
        jobs.move_what_is_left(NOON + timedelta(hours=1))
        assert set(KeptForm.objects.values_list("party_id", flat=True)) == {cast_.lin}

    def test_what_no_index_finds_follows_once_a_day(self, cast_, two, pair):
        gone, pair_id = pair
        item = work_item(gone, cast_.branch_a)
        merge(pair_id, two, cast_.lin)
        assert item().party_id == gone
        # Something is written under the number that went, after everything had followed.
        policy = make.policy(cast_.branch_a, holder_id=gone, insured_id=cast_.lin_junior)

        jobs.move_what_is_left(NOON + timedelta(hours=1))

        assert item().party_id == cast_.lin
        assert [p.id for p in policies.list_for_party(cast_.lin)] == [policy.id]
        assert not MergedLately.objects.exists()
        went = queries.moved_with(gone).went
        assert jobs.move_what_is_left(NOON + timedelta(hours=2)) == 0
        assert queries.moved_with(gone).went == went

        step(people.ask_to_part, pair_id, two[0])
        step(people.confirm_parting, pair_id, two[1])
        journal.run_reactions(NOON)
        assert item().party_id == gone

    def test_who_was_parted_meanwhile_keeps_what_is_theirs(self, cast_, two, pair):
        gone, pair_id = pair
        item = work_item(gone, cast_.branch_a)
        merge(pair_id, two, cast_.lin)
        later = NOON + timedelta(hours=1)
        found = dict(following.find_left(at=later))
        assert found == {"work.Item.party_id": [(gone, item().pk)]}
        step(people.ask_to_part, pair_id, two[0])
        step(people.confirm_parting, pair_id, two[1])
        for place, rows in found.items():
            assert following.move_left(place=place, found=rows, at=later) == 0
        assert item().party_id == gone

    def test_one_merged_again_since_is_looked_at_again(self, cast_, two, pair):
        merge(pair[1], two, cast_.lin)
        assert following.forget_merged_lately(at=NOON - timedelta(seconds=1)) == 0
        assert MergedLately.objects.get().party_id == pair[0]

    def test_the_standing_record_takes_what_it_lacks_and_signs_in(self, cast_, two):
        bare = people.register_party(name="林女士", office_id=cast_.branch_a, actor=SYSTEM, at=NOON)
        access, actor = two[0]
        pair_id = people.name_double(
            party_id=bare, other_id=cast_.lin, access=access, actor=actor, at=NOON
        )
        merge(pair_id, two, bare)
        stands = Party.objects.get(pk=bare)
        assert stands.signs_in
        assert stands.birth_date == Party.objects.get(pk=cast_.lin).birth_date
        assert queries.get_identity(bare) is not None

        step(people.ask_to_part, pair_id, two[0])
        step(people.confirm_parting, pair_id, two[1])
        assert Party.objects.get(pk=cast_.lin).signs_in
        assert queries.get_identity(bare) is None
        assert not Party.objects.get(pk=bare).phone

    def test_what_the_other_has_already_stays(self, cast_, two, pair):
        gone, pair_id = pair
        for party in (gone, cast_.lin):
            make.consent(party, "MARKETING")
        merge(pair_id, two, cast_.lin)
        assert queries.moved_with(gone).stayed == 1
        assert [c.purpose for c in queries.list_consents(cast_.lin)] == ["MARKETING"]

    def test_a_merger_into_a_record_that_was_merged_again_ends_with_the_last(
        self, cast_, two, pair
    ):
        gone, pair_id = pair
        policy = make.policy(cast_.branch_a, holder_id=gone, insured_id=cast_.lin_junior)
        last = people.register_party(name="林女士", office_id=cast_.branch_a, actor=SYSTEM, at=NOON)
        access, actor = two[0]
        step(people.propose_merge, pair_id, two[0], keeps_id=cast_.lin)
        step(people.confirm_merge, pair_id, two[1])
        later = people.name_double(
            party_id=cast_.lin, other_id=last, access=access, actor=actor, at=NOON
        )
        step(people.propose_merge, later, two[0], keeps_id=last)
        step(people.confirm_merge, later, two[1])
        while journal.run_reactions(NOON):
            pass
        assert queries.get_party(gone).id == last
        assert [p.id for p in policies.list_for_party(last)] == [policy.id]


@pytest.mark.django_db
class TestRefusals:
    def test_nobody_confirms_their_own_proposal(self, cast_, two, pair):
        step(people.propose_merge, pair[1], two[0], keeps_id=cast_.lin)
        with pytest.raises(people.AnotherPersonConfirms):
            step(people.confirm_merge, pair[1], two[0])
        assert state(pair[1]) == "PROPOSED"
        step(people.send_back, pair[1], two[1])
        assert state(pair[1]) == "SUSPECTED"

    def test_nor_their_own_parting(self, cast_, two, pair):
        step(people.propose_merge, pair[1], two[0], keeps_id=cast_.lin)
        step(people.confirm_merge, pair[1], two[1])
        step(people.ask_to_part, pair[1], two[1])
        with pytest.raises(people.AnotherPersonConfirms):
            step(people.confirm_parting, pair[1], two[1])
        step(people.send_back, pair[1], two[0])
        assert state(pair[1]) == "MERGED"

    def test_two_different_people_are_not_proposed(self, cast_, two):
        access, actor = two[0]
        pair_id = people.name_double(
            party_id=cast_.lin, other_id=cast_.lin_junior, access=access, actor=actor, at=NOON
        )
        with pytest.raises(people.NotTheSamePerson):
            step(people.propose_merge, pair_id, two[0], keeps_id=cast_.lin)

    def test_a_reason_is_needed_and_a_settled_pair_stays(self, cast_, two, pair):
        access, actor = two[0]
        with pytest.raises(people.WhyMissing):
            people.call_distinct(double_id=pair[1], why=" ", access=access, actor=actor, at=NOON)
        step(people.call_distinct, pair[1], two[0])
        with pytest.raises(people.DoubleMoved):
            step(people.confirm_merge, pair[1], two[1])

    def test_another_branchs_records_are_not_there(self, cast_, two, pair):
        stranger = make.colleague(cast_.branch_b, "SERVICING")
        with pytest.raises(queries.DoubleNotFound):
            step(people.propose_merge, pair[1], stranger, keeps_id=cast_.lin)
        access, actor = two[0]
        with pytest.raises(queries.PartyNotFound):
            people.name_double(
                party_id=cast_.lin, other_id=cast_.zhou, access=access, actor=actor, at=NOON
            )
        assert queries.list_doubles(stranger[0], "SUSPECTED") == ((), None)
        assert [d.id for d in queries.list_doubles(access, "SUSPECTED")[0]] == [pair[1]]
