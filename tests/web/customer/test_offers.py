"""One tap on a claim that is ready."""

import pytest

from tests.web.pages import assert_same_words, text
from yilu.claims.models import Claim, Offer


def take(client, offer, card, **given):
    told = {"answer": "yes", "account": str(card), "health_consent": "on"}
    return client.post(f"/c/offers/{offer}", told | given)


def test_the_offer_says_what_from_whom_and_how_much(lin, offer):
    page = text(lin.get(f"/c/offers/{offer}"))

    assert "人民医院" in page
    assert "2,000.00" in page


def test_one_tap_makes_the_claim(lin, offer, account):
    answer = take(lin, offer, account)

    assert answer.url == f"/c/claims/{Claim.objects.get().pk}"
    assert Claim.objects.get().channel == "PROACTIVE"


def test_two_taps_make_one_claim(lin, offer, account):
    assert take(lin, offer, account).url == take(lin, offer, account).url
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"health_consent": ""}, {"account": "99999"}, {"account": ""}])
def test_without_consent_or_account_nothing_happens(lin, offer, account, wrong):
    assert take(lin, offer, account, **wrong).status_code == 422
    assert not Claim.objects.exists()


def test_no_is_an_answer_too(lin, offer):
    lin.post(f"/c/offers/{offer}", {"answer": "no"})

    assert Offer.objects.get().state == "DECLINED"
    assert "有一笔理赔已为您备好" not in text(lin.get("/"))


def test_after_no_it_is_too_late_for_yes(lin, offer, account):
    lin.post(f"/c/offers/{offer}", {"answer": "no"})

    assert take(lin, offer, account).status_code == 409
    assert not Claim.objects.exists()


def test_another_customers_offer_is_not_there_in_the_same_words(zhou, offer, account):
    assert_same_words(zhou.get(f"/c/offers/{offer}"), zhou.get("/c/offers/99999999"))
    assert take(zhou, offer, account).status_code == 404
    assert not Claim.objects.exists()


def test_it_is_no_page_for_others(browsers, offer):
    for client in browsers.outsiders:
        assert client.get(f"/c/offers/{offer}").status_code == 302
