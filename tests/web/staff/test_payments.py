"""The payments desk: problems first, one payment, paying again, settling doubt, the bank's statement."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.payments import desk as bank_desk
from yilu.gateways.sandbox_bank import card_ending
from yilu.payments import queries
from yilu.payments.models import Difference, Payout

LIST = "/staff/payments"


@pytest.fixture
def bank(settings):
    with bank_desk.practice_bank(settings) as fake:
        yield fake


@pytest.fixture
def rejected(people, bank):
    return sent(people, bank, "0001")


def sent(people, bank, ending):
    party = make.party(people.branch_a)
    account = make.account(party, number=card_ending(ending, seed=next(make._count)))
    payout = Payout.objects.get(pk=make.payout(party, account_id=account))
    bank_desk.send()
    bank_desk.hear_all(bank, seconds=60)
    payout.refresh_from_db()
    return payout


def test_only_the_payments_desk_comes_in(desk, rejected, kept_out, chen):
    for url in (LIST, f"{LIST}/{rejected.pk}"):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert desk.payer.client.get(url).status_code == 200
    for part in ("reissue", "ask", "resolve"):
        kept_out(f"{LIST}/{rejected.pk}/{part}", method="post")
        assert chen.post(f"{LIST}/{rejected.pk}/{part}").status_code == 403


def test_another_branchs_payment_and_none_are_refused_in_the_same_words(desk, rejected):
    for number in (rejected.pk, 999_999):
        for part in ("", "/reissue", "/ask", "/resolve"):
            url = f"{LIST}/{number}{part}"
            client = desk.branch_payer.client
            answer = client.post(url, {"account": 1}) if part else client.get(url)
            assert answer.status_code == 404
            assert "没有找到这笔付款" in answer.content.decode()
    assert str(rejected.pk) not in [
        str(p.id) for p in queries.desk_page(access(desk.branch_payer)).rows
    ]


def access(person):
    from yilu.people import queries as people

    return people.staff_access(person.id)


def test_problems_come_first_each_with_its_reason(desk, rejected, people, bank):
    paid = sent(people, bank, "1234")

    page = desk.payer.client.get(LIST).content.decode()
    assert f"#{rejected.pk}<" in page
    assert "账号不存在" in page
    assert f"#{paid.pk}<" not in page
    assert f"#{paid.pk}<" in desk.payer.client.get(f"{LIST}?group=SETTLED").content.decode()
    assert "这里没有付款" in desk.payer.client.get(f"{LIST}?group=WAITING").content.decode()
    assert desk.payer.client.get(f"{LIST}?group=NONSENSE&after=abc").status_code == 200


def test_a_payment_shows_what_the_bank_said(desk, rejected):
    page = desk.payer.client.get(f"{LIST}/{rejected.pk}").content.decode()

    assert "账号不存在" in page
    assert "6222" in page
    assert "银行退回" in page


def test_a_refused_payment_is_paid_again_to_another_account_of_the_same_person(desk, rejected):
    other = make.account(rejected.to_party_id)

    answer = desk.payer.client.post(f"{LIST}/{rejected.pk}/reissue", {"account": other})

    new = Payout.objects.get(replaces=rejected)
    assert answer.headers["Location"] == f"{LIST}/{new.pk}"
    assert str(new.pk) in desk.payer.client.get(f"{LIST}/{rejected.pk}").content.decode()
    assert queries.desk_page(access(desk.payer)).rows == ()


def test_a_refused_payment_without_another_account_is_one_tap_from_asking_for_one(desk, rejected):
    page = desk.payer.client.get(f"/staff/payments/{rejected.pk}").content.decode()

    assert f'action="/staff/payments/{rejected.pk}/ask-account"' in page


@pytest.mark.parametrize("account", ["same", "strangers", "none"])
def test_no_payment_to_another_persons_account(desk, rejected, account, people):
    number = {
        "same": rejected.account_id, "strangers": make.account(make.party(people.branch_a)), "none": "",
    }[account]  # fmt: skip

    answer = desk.payer.client.post(f"{LIST}/{rejected.pk}/reissue", {"account": number})

    assert answer.status_code in {404, 409, 422}
    assert not Payout.objects.filter(replaces=rejected).exists()


def test_an_unclear_payment_is_asked_about_and_settled_by_a_person(desk, people, bank):
    unclear = sent(people, bank, "0010")
    assert unclear.state == "UNCLEAR"
    url = f"{LIST}/{unclear.pk}"

    page = desk.payer.client.get(url).content.decode()
    assert "互相矛盾" in page
    asked = desk.payer.client.post(f"{url}/ask", HTTP_HX_REQUEST="true").content.decode()
    assert "银行答复" in asked
    assert desk.payer.client.post(f"{url}/ask").status_code == 200
    assert desk.payer.client.post(f"{url}/resolve", {"outcome": "SETTLED"}).status_code == 422
    assert (
        desk.payer.client.post(f"{url}/resolve", {"outcome": "?", "note": "x"}).status_code == 422
    )
    answer = desk.payer.client.post(f"{url}/resolve", {"outcome": "SETTLED", "note": "柜台查询"})

    assert answer.status_code == 302
    assert Payout.objects.get(pk=unclear.pk).state == "SETTLED"
    again = desk.payer.client.post(f"{url}/resolve", {"outcome": "REJECTED", "note": "再来"})
    assert again.status_code == 409
    assert Payout.objects.get(pk=unclear.pk).state == "SETTLED"


def test_without_a_bank_the_page_says_so(desk, rejected, settings):
    from yilu.gateways import bank as gateway

    with gateway.use(None):
        settings.BANK_URL = ""
        page = desk.payer.client.post(f"{LIST}/{rejected.pk}/ask", HTTP_HX_REQUEST="true")

    assert "没有接入银行" in page.content.decode()


# -- the bank's statement ------------------------------------------------------------------------

BOOKS = "/staff/reconciliation"
HEAD = "银行流水号,幂等键,金额,记账时间\n"


def statement(text, day="2026-03-03", **more):
    file = SimpleUploadedFile("s.csv", text if isinstance(text, bytes) else text.encode())
    return {"day": day, "file": file} | more


def test_only_who_reconciles_sees_the_books(desk, kept_out, chen):
    kept_out(BOOKS)
    kept_out(f"{BOOKS}/statement", method="post")
    kept_out(f"{BOOKS}/1/close", method="post")
    assert chen.get(BOOKS).status_code == 403
    assert chen.post(f"{BOOKS}/statement", statement(HEAD)).status_code == 403


def test_a_statement_from_a_file_finds_what_differs_and_a_person_closes_it(desk):
    client = desk.payer.client

    answer = client.post(
        f"{BOOKS}/statement", statement(HEAD + "F1,unknown-key,99.00,2026-03-03 10:00\n")
    )
    assert answer.status_code == 302
    difference = Difference.objects.get()
    page = client.get(BOOKS).content.decode()
    assert "银行已付，我方无此付款" in page
    assert client.post(f"{BOOKS}/{difference.pk}/close", {"resolution": " "}).status_code == 422
    client.post(f"{BOOKS}/{difference.pk}/close", {"resolution": "测试款，银行已冲正"})

    difference.refresh_from_db()
    assert difference.state == "RESOLVED"
    assert client.post(f"{BOOKS}/{difference.pk}/close", {"resolution": "x"}).status_code == 404
    assert "测试款" in client.get(f"{BOOKS}?all=1").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "a,b\n", b"\xff\xfe\x00", HEAD + "F1,k\n", HEAD + "F1,k,1.005,2026-03-03 10:00\n",
        HEAD + "F1,k,-1,2026-03-03 10:00\n", HEAD + "F1,k,NaN,2026-03-03 10:00\n",
        HEAD + "F1,k,1e30,2026-03-03 10:00\n", HEAD + "F1,k,1.00,gestern\n",
        HEAD + "F1,k,1.00,2026-03-03 10:00\nF1,k,1.00,2026-03-03 10:00\n",
    ],
)  # fmt: skip
def test_a_file_that_is_no_statement_is_refused_and_nothing_is_kept(desk, text):
    answer = desk.payer.client.post(f"{BOOKS}/statement", statement(text))

    assert answer.status_code == 422
    assert not queries.list_statements(access(desk.payer))


def test_a_day_that_is_not_over_is_refused(desk):
    for day in ("2026-03-04", "2027-01-01", "nonsense"):
        answer = desk.payer.client.post(f"{BOOKS}/statement", statement(HEAD, day=day))
        assert answer.status_code == 422


def test_a_statement_is_fetched_from_the_bank(desk, people, bank):
    answer = desk.payer.client.post(f"{BOOKS}/statement", {"day": "2026-03-03", "from": "bank"})

    assert answer.status_code == 302
    assert len(queries.list_statements(access(desk.payer))) == 1
