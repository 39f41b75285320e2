"""补资料 by a link, without signing in."""

from datetime import timedelta

import pytest

from tests import make
from tests.web.customer.test_documents import pdf
from tests.web.pages import bare, text
from yilu.claims.models import Claim
from yilu.documents import operations as documents
from yilu.documents.models import Upload
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref


@pytest.fixture
def token(people, claim):
    return tx.use_case(documents.make_upload_link)(
        about=Ref("claim", claim), party_id=people.lin, items=["DIAGNOSIS", "INVOICE"],
        expires_at=make.NOON + timedelta(days=7), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip


def test_the_desk_asks_for_what_the_link_names_and_tells_nothing_else(client, token, claim):
    from tests import cast

    page = text(client.get(f"/u/{token}"))

    assert "诊断" in page
    assert Claim.objects.get().number in page
    assert cast.LIN_NAME not in page
    assert "13812345678" not in page
    assert "已交的资料" not in page


def test_a_file_is_taken_as_the_customers(client, token, people):
    answer = client.post(f"/u/{token}", {"kind": "DIAGNOSIS", "files": [pdf()]})

    assert answer.status_code == 302
    assert Upload.objects.get().party_id == people.lin
    assert Upload.objects.get().handed_in_by == f"party:{people.lin}"


def test_a_kind_that_was_not_asked_for_is_refused(client, token):
    answer = client.post(f"/u/{token}", {"kind": "ID_CARD", "files": [pdf()]})

    assert answer.status_code == 422
    assert "这个链接不能提交此类资料" in text(answer)
    assert not Upload.objects.exists()


def test_wrong_tampered_and_expired_links_in_the_same_words(client, token, noon):
    wrong = client.get("/u/wrong")
    tampered = client.get(f"/u/{token}x")
    noon.shift(timedelta(days=8))
    expired = client.get(f"/u/{token}")

    assert wrong.status_code == tampered.status_code == expired.status_code
    assert 400 <= wrong.status_code < 500
    assert bare(wrong) == bare(tampered) == bare(expired)


def test_it_is_never_kept_nor_told_to_other_sites(client, token):
    answer = client.get(f"/u/{token}")

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
