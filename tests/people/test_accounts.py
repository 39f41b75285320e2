"""add_account, correct_account and get_payable_account …"""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import BankAccount
from yilu.people.rules import particulars

pytestmark = pytest.mark.django_db
CARD = "6222020000000000013"


def card():
    return make.card_number()


def add(party, **given):
    told = {"bank_code": "ICBC", "number": card(), "holder_name": cast.LIN_NAME}
    return people.add_account(party_id=party, **{**told, **given}, actor=SYSTEM, at=NOON)


def test_adds_an_account_in_the_partys_own_name(cast_):
    number = card()
    account = add(cast_.lin, number=f"{number[:4]} {number[4:]}", holder_name=" 林 女士 ")

    view = queries.get_payable_account(cast_.lin, account)
    assert (view.bank_name, view.holder_name) == ("中国工商银行", cast.LIN_NAME)
    assert view.masked_number == f"6222 **** **** {number[-4:]}"
    assert not view.verified
    assert queries.get_payment_details(cast_.lin, account).number == number
    assert number not in repr(queries.get_payment_details(cast_.lin, account))


def test_seals_the_number(cast_):
    number = card()
    add(cast_.lin, number=number)
    with connection.cursor() as cursor:
        cursor.execute("select a::text, encode(number, 'escape') from people_bankaccount a")
        assert number not in str(cursor.fetchall())


def test_the_same_account_again_is_the_first_one(cast_):
    number = card()
    first = add(cast_.lin, number=number)

    assert add(cast_.lin, number=number) == first
    assert Event.objects.filter(kind="people.account_added").count() == 1


def test_the_same_number_has_one_index_whoever_has_it(cast_):
    number = card()
    mine = add(cast_.lin, number=number)
    theirs = add(cast_.zhou, number=number, holder_name="周路人")

    indexes = {
        queries.get_payable_account(party, account).number_index
        for party, account in ((cast_.lin, mine), (cast_.zhou, theirs))
    }
    assert len(indexes) == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"holder_name": "周路人"}, people.HolderIsSomebodyElse),
        ({"holder_name": ""}, people.HolderIsSomebodyElse),
        ({"number": "6222020000000000014"}, people.BadAccount),
        ({"number": "62220200abc"}, people.BadAccount),
        ({"number": "0000000000000000"}, people.BadAccount),
        ({"number": "１２"}, people.BadAccount),
        ({"number": ""}, people.BadAccount),
        ({"number": "1234567", "kind": "ACCOUNT"}, people.BadAccount),
        ({"bank_code": "LEHMAN"}, people.BadAccount),
        ({"kind": "MATTRESS"}, people.BadAccount),
    ],
)
def test_refuses_what_cannot_be_paid_to_and_changes_nothing(cast_, wrong, refusal):
    with pytest.raises(refusal):
        add(cast_.lin, **wrong)

    assert not BankAccount.objects.exists()
    assert not Event.objects.filter(kind="people.account_added").exists()


def test_a_passbook_number_needs_no_card_check_digit(cast_):
    assert add(cast_.lin, kind="ACCOUNT", number="31050161364300000123")


def test_a_strangers_a_closed_and_a_wrong_account_are_refused_in_the_same_words(
    cast_, django_assert_num_queries
):
    theirs = add(cast_.lin)
    closed = add(cast_.zhou, holder_name="周路人")
    people.close_account(party_id=cast_.zhou, account_id=closed, actor=cast_.as_zhou, at=NOON)

    words = set()
    for account in (theirs, closed, 999_999):
        with django_assert_num_queries(1), pytest.raises(queries.AccountNotFound) as caught:
            queries.get_payable_account(cast_.zhou, account)
        words.add((caught.value.code, caught.value.message, caught.value.hint, caught.value.status))
        with pytest.raises(queries.AccountNotFound):
            queries.get_payment_details(cast_.zhou, account)
        with pytest.raises(queries.AccountNotFound):
            people.close_account(
                party_id=cast_.zhou, account_id=account, actor=cast_.as_zhou, at=NOON
            )
    assert len(words) == 1


def correct(party, account, **given):
    told = {"bank_code": "CCB", "number": card(), "holder_name": cast.LIN_NAME}
    return people.correct_account(
        party_id=party, account_id=account, **{**told, **given}, actor=SYSTEM, at=NOON
    )


def test_correct_account_closes_the_wrong_one_and_keeps_it(cast_):
    wrong = add(cast_.lin)
    right = correct(cast_.lin, wrong)

    assert [a.id for a in queries.list_accounts(cast_.lin)] == [right]
    assert BankAccount.objects.get(pk=right).replaces_id == wrong
    assert Event.objects.get(kind="people.account_corrected").facts == {
        "account_id": right, "replaces_account_id": wrong,
    }  # fmt: skip


def test_correct_account_refuses_a_strangers_and_leaves_all_as_it_was(cast_):
    mine = add(cast_.lin)

    with pytest.raises(queries.AccountNotFound):
        correct(cast_.zhou, mine, holder_name="周路人")
    with pytest.raises(people.HolderIsSomebodyElse):
        correct(cast_.lin, mine, holder_name="周路人")
    with pytest.raises(people.BadAccount):
        correct(cast_.lin, mine, number="1")

    assert [a.id for a in queries.list_accounts(cast_.lin)] == [mine]


def test_verify_account_keeps_the_first_proof(cast_):
    account = add(cast_.lin)
    for proof in ("CARD_PHOTO", "BANK_CHECK"):
        people.verify_account(
            party_id=cast_.lin, account_id=account, proof=proof, actor=SYSTEM,
            at=NOON if proof == "CARD_PHOTO" else NOON.replace(hour=5),
        )  # fmt: skip

    assert queries.get_payable_account(cast_.lin, account).verified
    assert [e.facts["proof"] for e in Event.objects.filter(kind="people.account_verified")] == [
        "CARD_PHOTO"
    ]
    with pytest.raises(queries.AccountNotFound):
        people.verify_account(
            party_id=cast_.zhou, account_id=account, proof="COUNTER", actor=SYSTEM, at=NOON
        )


digits = st.text("0123456789", min_size=12, max_size=18)


@given(digits, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_a_card_number_never_passes(body, place, change):
    number = next(body + d for d in "0123456789" if particulars.passes_luhn(body + d))
    wrong = list(number)
    place %= len(wrong)
    wrong[place] = str((int(wrong[place]) + change) % 10)

    assert not particulars.passes_luhn("".join(wrong))


@given(st.text(max_size=40), st.sampled_from(["CARD", "ACCOUNT"]))
def test_any_text_is_an_account_number_or_has_a_problem(text, kind):
    tidied = particulars.tidy_account(text)
    if particulars.account_problem(kind, tidied) is None:
        assert tidied.isascii()
        assert tidied.isdigit()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("林女士", " 林 女士", True),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提", True),
        ("Li Ming", "LIMING", True),
        ("林女士", "林先生", False),
        ("", "", False),
        ("·", " ", False),
    ],
)
def test_names_compare_without_width_spaces_case_and_middle_dots(one, other, same):
    assert particulars.same_name(one, other) is same
