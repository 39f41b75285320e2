"""更正收款账户 after the bank sent the money back."""

import pytest

from tests import make
from tests.web.pages import text
from yilu.claims.models import Claim
from yilu.payments.models import Payout


def correct(client, claim, account):
    return client.post(f"/c/claims/{claim}/account", {"account": str(account)})


def test_the_claims_page_says_what_happened_and_what_to_do(lin, returned_claim):
    page = text(lin.get(f"/c/claims/{returned_claim}"))

    assert "银行退回了付款" in page
    assert "更正收款账户" in page


def test_the_page_shows_ones_cards_and_how_to_add_one(lin, returned_claim, account):
    page = text(lin.get(f"/c/claims/{returned_claim}/account"))

    assert "添加银行卡" in page
    assert "只付到受益人本人的账户" in page
    assert "银行退回的原因" in page


def test_correct_account_pays_again_once(lin, returned_claim, people):
    other = make.account(people.lin)
    first = correct(lin, returned_claim, other)
    again = correct(lin, returned_claim, other)

    assert first.url == f"/c/claims/{returned_claim}"
    assert again.status_code == 409
    assert Claim.objects.get(pk=returned_claim).state == "PAYING"
    assert Payout.objects.exclude(state="REJECTED").count() == 1


def test_says_why_the_bank_sent_it_back_and_which_card_that_was(lin, returned_claim, people):
    make.account(people.lin)
    page = text(lin.get(f"/c/claims/{returned_claim}"))
    assert "多半是卡号或户名不符" not in page
    assert "银行说：" in page
    choice = text(lin.get(f"/c/claims/{returned_claim}/account"))
    assert choice.count("被银行退回的卡") == 1


def test_correct_account_takes_ones_own_cards_only(lin, returned_claim, people):
    answer = correct(lin, returned_claim, make.account(people.zhou))

    assert answer.status_code == 422
    assert Claim.objects.get(pk=returned_claim).state == "PAYOUT_PROBLEM"


def test_correct_account_before_the_decision_only_says_where_to_pay(lin, claim, people):
    other = make.account(people.lin)

    assert "换一张卡" in text(lin.get(f"/c/claims/{claim}"))
    assert correct(lin, claim, other).status_code == 302
    assert Claim.objects.get(pk=claim).account_id == other
    assert not Payout.objects.exists()


def test_correct_account_of_a_claim_that_is_over_is_told_so(lin, claim, account):
    lin.post(f"/c/claims/{claim}/withdraw")
    answer = correct(lin, claim, account)

    assert answer.status_code == 409
    assert "y-note-bad" in text(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_correct_account_by_a_stranger_is_not_there(zhou, returned_claim, account, method):
    assert getattr(zhou, method)(f"/c/claims/{returned_claim}/account").status_code == 404
    assert Claim.objects.get(pk=returned_claim).state == "PAYOUT_PROBLEM"
