"""Money of a contract goes to nobody before it is known who they are: what waits, who is asked, paid once (反洗钱法 29-31)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.claims import papers
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.payments import operations as payments
from yilu.payments.models import Payout
from yilu.people import jobs as people_jobs
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import IdentityCheck
from yilu.policies import jobs, operations
from yilu.policies.rules.identifying import must_be_known
from yilu.work.models import Item

POLICY = Ref("policy", 77)
NOTHING = {"identity_kind": None, "identity_number": ""}


@pytest.fixture
def office(db):
    make.standards_in_force()
    return make.office()


def pay(*payees, amount="10000.00", **told):
    """Each payee one sum of the same contract; who waits."""
    wanted = [
        operations.PayOut(
            **{
                "about": POLICY, "to_party": payee, "account_id": own_account(payee),
                "amount": Decimal(amount), "purpose": "BENEFIT", "key": f"test:{payee}",
                "made_with": (payee,), **told,
            }
        )
        for payee in payees
    ]  # fmt: skip
    waits = tx.use_case(operations.pay_out)(wanted, at=NOON)
    return {each.to_party for each in waits}


def own_account(payee):
    return next((a.id for a in queries.list_accounts(payee)), None) or make.account(payee)


def goes():
    """Whom the sender takes to the bank, until there is nobody."""
    taken = []
    while due := payments.take_due(at=NOON + timedelta(days=400)):
        taken.append(Payout.objects.get(pk=due.id).to_party_id)
    return taken


def said(template="policies.payee_identity"):
    return Message.objects.filter(template=template).count()


def desk():
    return list(
        Item.objects.filter(queue_id="policies.payee_identity").values_list("state", flat=True)
    )


def seen_by_two(office, payee):
    one, two = (make.colleague(office, "COUNTER") for _ in range(2))
    people.record_original_seen(
        party_id=payee, document="PASSPORT", number="E12345678", valid_to=date(2036, 1, 1),
        access=one[0], actor=one[1], at=NOON,
    )  # fmt: skip
    people.confirm_original_seen(party_id=payee, access=two[0], actor=two[1], at=NOON)


def test_who_is_known_is_paid_at_once_and_nobody_is_asked(office):
    known, on_record = make.party(office), make.party(office, checked=False)
    company = make.party(office, kind="ORGANISATION", name="沪江公司")
    assert pay(known, on_record, company) == set()
    assert sorted(goes()) == sorted([known, on_record, company])
    assert (desk(), said()) == ([], 0)


def test_without_a_number_it_waits_until_two_have_seen_the_original_and_goes_once(office):
    payee = make.party(office, checked=False, **NOTHING)
    assert pay(payee) == {payee}
    assert pay(payee) == {payee}
    assert goes() == []
    assert (desk(), said()) == (["OPEN"], 1)
    assert Event.objects.get(kind="policies.payee_identity_awaited").subject == str(POLICY)

    seen_by_two(office, payee)
    papers.react()
    assert goes() == [payee]
    assert (desk(), said(), said("policies.payee_known")) == (["DONE"], 1, 1)
    jobs.pay_who_is_known(NOON)
    papers.react()
    assert Payout.objects.count() == 1
    assert Event.objects.filter(kind="policies.payee_identified").count() == 1


def test_the_register_lets_it_go_without_anybody_coming(office):
    asker = make.party(office, checked=False)
    assert pay(asker, ends=True) == {asker}
    assert (goes(), said()) == ([], 0)
    people_jobs.check_identity(asker)
    papers.react()
    assert goes() == [asker]


def test_who_the_register_does_not_know_hears_once_what_to_bring(office):
    number = make.number_of_another()
    asker = make.party(office, identity_number=number, checked=False)
    pay(asker, ends=True)
    for _ in range(2):
        people_jobs.check_identity(asker)
        papers.react()
    assert (goes(), said(), desk()) == ([], 1, ["OPEN"])


def test_a_check_that_no_event_told_of_is_found_by_the_clock(office):
    payee = make.party(office, checked=False, **NOTHING)
    pay(payee)
    jobs.pay_who_is_known(NOON)
    assert goes() == []
    make.identity_checked(payee)
    jobs.pay_who_is_known(NOON)
    assert goes() == [payee]


@pytest.mark.parametrize(
    ("told", "waits"),
    [
        ({"amount": "9999.99", "ends": True}, False),
        ({"ends": True}, True),
        ({"purpose": "SURRENDER"}, True),
        ({"purpose": "SURRENDER", "proved": True}, False),
        ({"amount": "0.01", "made_with": ()}, True),
    ],
)
def test_a_number_on_record_is_enough_for_all_but_ending_and_strangers(office, told, waits):
    payee = make.party(office, checked=False)
    assert pay(payee, **told) == ({payee} if waits else set())


def test_many_cost_the_statements_of_one_to_find_out(office, django_assert_max_num_queries):
    known = [make.party(office) for _ in range(3)]
    from yilu.policies.operations import paying_out

    wanted = [
        operations.PayOut(
            about=POLICY, to_party=each, account_id=1, amount=Decimal(20_000), purpose="BENEFIT",
            key="", made_with=(each,),
        )
        for each in known
    ]  # fmt: skip
    with django_assert_max_num_queries(2):
        assert paying_out._unknown(wanted, NOON) == frozenset()


def test_what_waits_is_in_no_file_either_and_may_be_cancelled(office):
    payee = make.party(office, checked=False, **NOTHING)
    pay(payee)
    payout = Payout.objects.get()
    tx.use_case(payments.cancel_payout)(payout_id=payout.pk, actor=Ref("staff", 1), at=NOON)
    IdentityCheck.objects.all().delete()
    make.identity_checked(payee)
    jobs.pay_who_is_known(NOON)
    payout.refresh_from_db()
    assert (payout.state, payout.identity_awaited_at) == ("CANCELLED", None)
    assert said("policies.payee_known") == 0


@given(
    amount=st.decimals("0.01", "99999.99", places=2), least=st.decimals("0", "10000", places=2),
    party=st.booleans(), proved=st.booleans(),
)  # fmt: skip
def test_more_money_and_strangers_are_never_looked_at_less(amount, least, party, proved):
    asks = must_be_known(amount, least, party_to_contract=party, proved=proved)
    more = must_be_known(amount + 1, least, party_to_contract=party, proved=proved)
    stranger = must_be_known(amount, least, party_to_contract=False, proved=proved)
    assert more >= asks <= stranger
    assert asks is False or not proved
    assert asks or party or proved
