"""get_claimable gives the policy to whom it concerns, in one statement, and to nobody else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests import make
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import operations as people
from yilu.policies import operations, queries
from yilu.policies.models import Policy
from yilu.policies.operations import NewBeneficiary
from yilu.policies.queries import PolicyNotFound, PolicyNotInForce
from yilu.products import queries as products

pytestmark = pytest.mark.django_db

ON = make.NOON.date()


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def cast(office):
    """Holder, insured, beneficiary, agent of record and a stranger, around one policy."""
    people = {
        "holder": make.party(office),
        "insured": make.party(
            office, name="林小妹", identity_number=make.resident_id(date(2010, 5, 5))
        ),
        "beneficiary": make.party(office),
        "stranger": make.party(office),
        "agent": make.agent(office),
    }
    made = make.policy(
        office,
        holder_id=people["holder"],
        insured_id=people["insured"],
        agent_id=people["agent"],
        beneficiaries=(NewBeneficiary(party_id=people["beneficiary"]),),
    )
    return people | {"policy": made}


def test_opens_to_holder_insured_and_beneficiary(cast):
    askers = {
        who: queries.get_claimable(cast["policy"].number, cast[who], ON).asker
        for who in ("holder", "insured", "beneficiary")
    }

    assert askers == {"holder": "HOLDER", "insured": "INSURED", "beneficiary": "BENEFICIARY"}


def test_opens_to_the_agent_of_record_on_behalf(cast, office):
    found = queries.get_claimable(cast["policy"].id, None, ON, agent_id=cast["agent"])
    assert found.asker == "AGENT"

    with pytest.raises(PolicyNotFound):
        queries.get_claimable(cast["policy"].id, None, ON, agent_id=make.agent(office))


def test_refuses_a_stranger_and_a_wrong_number_in_the_same_words(cast):
    refusals = []
    for number, party in (
        (cast["policy"].number, cast["stranger"]),
        ("8625079999999999", cast["holder"]),
        ("", cast["holder"]),
        (0, cast["holder"]),
        (cast["policy"].number, None),
    ):
        with pytest.raises(PolicyNotFound) as refused:
            queries.get_claimable(number, party, ON)
        refusals.append(
            (refused.value.code, refused.value.message, refused.value.hint, refused.value.status)
        )

    assert len(set(refusals)) == 1


def test_takes_one_statement_and_brings_all_that_assessment_needs(cast, django_assert_num_queries):
    products.get_terms(
        queries.get_claimable(cast["policy"].id, cast["holder"], ON).product_version_id
    )

    with django_assert_num_queries(1):
        found = queries.get_claimable(cast["policy"].number, cast["holder"], ON)
        terms = found.terms

    assert (found.insured_name, found.insured_birth_date) == ("林小妹", date(2010, 5, 5))
    assert found.contract.sum_insured == Decimal("2000000.00")
    assert found.with_social_insurance
    assert (found.cover.state, found.cover.year, found.cover.owed_premium) == ("IN_FORCE", 1, 0)
    assert terms.code == "million-medical-social"


def test_tells_until_when_a_waiting_period_runs(cast):
    found = queries.get_claimable(cast["policy"].number, cast["holder"], ON)

    assert found.waiting_until("MEDICAL") == date(2025, 10, 1)
    assert found.waiting_until("DEATH") is None


def test_follows_merged_records_of_the_same_person(cast, office):
    from yilu.people.models import Party

    again = make.party(office)
    Party.objects.filter(pk=cast["holder"]).update(merged_into=again)

    assert queries.get_claimable(cast["policy"].number, again, ON).asker == "HOLDER"
    assert [row.id for row in queries.list_for_party(again)] == [cast["policy"].id]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "出险日 2025-08-31 早于保单生效日 2025-09-01"),
        (365, "保险期间已于 2026-09-01 零时届满"),
    ],
)
def test_says_why_there_is_no_cover(cast, days, said):
    with pytest.raises(PolicyNotInForce) as refused:
        queries.get_claimable(
            cast["policy"].number, cast["holder"], date(2025, 9, 1) + timedelta(days=days)
        )

    assert refused.value.message == said
    assert refused.value.hint


def test_get_policy_asks_nobody(cast):
    assert queries.get_policy(cast["policy"].id, ON).insured_id == cast["insured"]
    with pytest.raises(PolicyNotFound):
        queries.get_policy(0, ON)


def test_for_insured_at_loss_lists_the_others_that_answer_for_the_loss(cast, office):
    second = make.policy(
        office,
        product_code="small-medical",
        holder_id=cast["holder"],
        insured_id=cast["insured"],
        sum_insured=Decimal(10000),
    )
    ended = make.policy(
        office,
        product_code="small-medical",
        holder_id=cast["holder"],
        insured_id=cast["insured"],
        sum_insured=Decimal(10000),
        effective_on=date(2024, 1, 1),
    )
    life = make.policy(
        office,
        product_code="whole-life",
        holder_id=cast["holder"],
        insured_id=cast["insured"],
        sum_insured=Decimal(100000),
    )

    found = queries.for_insured_at_loss(cast["insured"], ON, "MEDICAL")
    assert [p.id for p in found] == [cast["policy"].id, second.id]
    assert life.id in [p.id for p in queries.for_insured_at_loss(cast["insured"], ON)]
    assert ended.id not in [p.id for p in queries.for_insured_at_loss(cast["insured"], ON)]


class TestCards:
    def test_list_for_party_is_one_statement_and_says_what_one_is_to_each(
        self, cast, django_assert_num_queries
    ):
        queries.list_for_party(cast["holder"])
        with django_assert_num_queries(1):
            (row,) = queries.list_for_party(cast["beneficiary"])

        assert row.roles == ("BENEFICIARY",)
        assert row.claim_types == ("MEDICAL",)
        assert queries.list_for_party(cast["stranger"]) == ()

    def test_a_card_says_everything_about_the_policy(self, cast):
        card = queries.get_for_party(cast["policy"].id, cast["holder"])

        assert card.state_label == "有效"
        assert card.beneficiaries == "林客户 100%"
        assert card.benefits[0].amount == Decimal("2000000.00")
        assert "年度免赔 10,000 元" in card.benefits[0].words
        assert card.benefits[0].clause_text.startswith("被保险人因意外伤害")
        assert len(card.exclusions) == 10
        assert card.agent_name == "魏代理"

    def test_a_card_names_the_heirs_by_law_where_nobody_is_named(self, office):
        made = make.policy(office)

        assert queries.policy_card(made.id).beneficiaries == "法定继承人"

    def test_a_card_keeps_the_other_beneficiaries_from_a_beneficiary(self, cast):
        assert queries.get_for_party(cast["policy"].id, cast["beneficiary"]).beneficiaries == ""

    def test_a_card_is_not_found_by_a_stranger(self, cast):
        with pytest.raises(PolicyNotFound):
            queries.get_for_party(cast["policy"].id, cast["stranger"])
        with pytest.raises(PolicyNotFound):
            queries.get_for_party(0, cast["stranger"])

    def test_an_agent_sees_only_the_policies_looked_after(self, cast, office):
        other = make.agent(office)

        assert [row.id for row in queries.list_for_agent([cast["agent"]])] == [cast["policy"].id]
        assert queries.list_for_agent([other]) == ()
        assert queries.get_for_agent(cast["policy"].id, [cast["agent"]]).id == cast["policy"].id
        with pytest.raises(PolicyNotFound):
            queries.get_for_agent(cast["policy"].id, [other])

    def test_staff_need_the_right_over_the_office(self, cast, office):
        from yilu.kernel.errors import NotAllowed
        from yilu.people import queries as people

        here = people.staff_access(make.staff(office, "ASSESSOR"), ON)
        elsewhere = people.staff_access(make.staff(make.office(), "ASSESSOR"), ON)

        assert queries.get_for_staff(here, cast["policy"].id).number == cast["policy"].number
        with pytest.raises(NotAllowed):
            queries.get_for_staff(elsewhere, cast["policy"].id)

    def test_endowments_about_to_mature_are_listed(self, office):
        from yilu.people import queries as people

        made = make.policy(
            office,
            product_code="endowment",
            effective_on=date(2015, 4, 1),
            sum_insured=Decimal(50000),
            pay_years=10,
        )
        access = people.staff_access(make.staff(office, "ASSESSOR"), ON)
        in_2030 = {"from_on": date(2030, 3, 1), "to_on": date(2030, 5, 1)}

        assert [row.id for row in queries.list_maturing(access, **in_2030)] == [made.id]
        assert queries.list_maturing(access, from_on=date(2029, 3, 1), to_on=date(2029, 5, 1)) == ()


class TestBeneficiaries:
    def test_a_living_benefit_is_the_insureds(self, cast):
        (one,) = queries.beneficiaries_for(cast["policy"].id, "MEDICAL")

        assert (one.kind, one.party_id, one.share) == ("INSURED_SELF", cast["insured"], 1)

    def test_a_death_benefit_is_the_first_orders(self, cast, office):
        second = make.party(office)
        made = make.policy(
            office,
            product_code="term-life",
            sum_insured=Decimal(500000),
            beneficiaries=(
                NewBeneficiary(party_id=cast["beneficiary"], share=Decimal("0.6")),
                NewBeneficiary(party_id=cast["stranger"], share=Decimal("0.4")),
                NewBeneficiary(party_id=second, ordinal=2),
            ),
        )
        found = queries.beneficiaries_for(made.id, "DEATH")

        assert [(b.party_id, b.share) for b in found] == [
            (cast["beneficiary"], Decimal("0.6000")),
            (cast["stranger"], Decimal("0.4000")),
        ]

    def test_nobody_named_leaves_the_heirs_by_law(self, office):
        made = make.policy(office, product_code="term-life", sum_insured=Decimal(500000))
        (one,) = queries.beneficiaries_for(made.id, "DEATH")

        assert (one.kind, one.party_id) == ("LEGAL", None)

    def test_nobody_is_changed_without_the_insureds_consent(self, cast):
        change = {
            "policy_id": cast["policy"].id,
            "beneficiaries": [NewBeneficiary(party_id=cast["stranger"])],
            "actor": make.SYSTEM,
            "at": make.NOON,
        }
        with pytest.raises(operations.ConsentOfInsuredMissing):
            tx.use_case(operations.change_beneficiaries)(**change, insured_consented=False)
        assert (
            queries.beneficiaries_for(cast["policy"].id, "DEATH")[0].party_id == cast["beneficiary"]
        )

        tx.use_case(operations.change_beneficiaries)(**change, insured_consented=True)
        assert queries.beneficiaries_for(cast["policy"].id, "DEATH")[0].party_id == cast["stranger"]

    @pytest.mark.django_db(transaction=True)
    def test_a_change_after_the_death_is_void(self, cast):
        def change(party_id, at):
            tx.use_case(operations.change_beneficiaries)(
                policy_id=cast["policy"].id,
                beneficiaries=[NewBeneficiary(party_id=party_id)],
                insured_consented=True,
                actor=make.SYSTEM,
                at=at,
            )

        def entitled(died_on):
            found = queries.beneficiaries_for(cast["policy"].id, "DEATH", died_on=died_on)
            return [b.party_id for b in found]

        before = make.NOON.date() - timedelta(days=1)
        named = cast["beneficiary"]
        for n, party_id in enumerate((cast["stranger"], cast["holder"]), 1):
            change(party_id, make.NOON + timedelta(days=n))
        assert entitled(before) == [named]
        assert entitled(make.NOON.date() + timedelta(days=1)) == [cast["stranger"]]
        assert entitled(make.NOON.date() + timedelta(days=2)) == [cast["holder"]]
        assert queries.beneficiaries_for(cast["policy"].id, "MEDICAL", died_on=before)

    @pytest.mark.django_db(transaction=True)
    def test_a_change_counts_from_its_expression_whenever_we_come_to_it(self, cast):
        """Said before the death and looked at after it: valid, also where another one was handled first."""
        died_on = make.NOON.date()

        def change(party_id, expressed_on):
            tx.use_case(operations.change_beneficiaries)(
                policy_id=cast["policy"].id, beneficiaries=[NewBeneficiary(party_id=party_id)],
                insured_consented=True, actor=make.SYSTEM, at=make.NOON + timedelta(days=9),
                expressed_on=expressed_on,
            )  # fmt: skip

        def entitled():
            (one,) = queries.beneficiaries_for(cast["policy"].id, "DEATH", died_on=died_on)
            return one.party_id

        tx.use_case(people.note_death)(
            party_id=cast["insured"], died_on=died_on, about=Ref("claim", 1), at=make.NOON
        )
        change(cast["stranger"], died_on)
        assert entitled() == cast["stranger"]
        change(cast["holder"], died_on - timedelta(days=3))
        assert entitled() == cast["stranger"]  # said later, though written first
        for late in (died_on + timedelta(days=1), None):
            with pytest.raises(operations.InsuredDied):
                change(cast["holder"], late)

    def test_shares_must_make_a_whole(self, cast):
        with pytest.raises(operations.BadBeneficiaries, match="合计应为 100%，现为 50%"):
            tx.use_case(operations.change_beneficiaries)(
                policy_id=cast["policy"].id,
                beneficiaries=[NewBeneficiary(party_id=cast["stranger"], share=Decimal("0.5000"))],
                insured_consented=True,
                actor=make.SYSTEM,
                at=make.NOON,
            )


@pytest.mark.parametrize(
    ("days", "said"), [(0, "有效"), (1, "明日生效"), (2, "{on} 起生效"), (-1, "有效")]
)
def test_a_year_that_begins_later_says_so_wherever_it_is_shown(days, said):
    begins = timezone.localdate() + timedelta(days=days)
    office = make.office()
    holder = make.party(office)
    made = make.policy(office, holder_id=holder)
    rider = make.policy(office, holder_id=holder, main_id=made.id)
    Policy.objects.update(
        effective_on=begins, continuous_since=begins, ends_on=begins + timedelta(days=365)
    )
    card = queries.get_for_party(made.id, holder)
    row = queries.list_for_party(holder)[-1]
    (related,) = queries.related_for_party(made.id, holder)
    (year,) = queries.years_of(made.id)
    labels = {str(each.state_label) for each in (card, row, related, year)}
    assert (rider.id, labels) == (related.id, {said.format(on=begins)})
    assert card.roles
    Policy.objects.filter(pk=made.id).update(
        state="TERMINATED", ending="NOT_BEGUN", ended_on=begins
    )
    assert queries.get_for_party(made.id, holder).state_label == "终止"
