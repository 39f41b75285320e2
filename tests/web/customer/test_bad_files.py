"""Files that nobody can use, at the doors where files come in: its own words for each, and nothing written."""

from datetime import timedelta

import pytest

from tests import make
from tests.claims import papers
from tests.documents.test_store_upload import BAD
from tests.servicing.hall import Hall
from tests.unchanged import assert_refused, nothing_changes
from tests.web.customer.test_documents import pdf
from tests.web.signing import signed_in
from yilu.documents import operations as documents
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db


def assert_none_comes_in(post, but=()):
    """``post`` hands in one file; every file that is none is refused in the words of its kind."""
    with nothing_changes(but):
        for case, (content, filename, refusal, status) in BAD.items():
            answer = post(pdf(filename, content))
            assert answer.status_code == status, case
            # What is too large is not even read: the door says it by itself.
            assert_refused(answer, status, "MB" if status == 413 else refusal.hint)


def test_on_the_page_of_a_claim(lin, claim):
    assert_none_comes_in(
        lambda file: lin.post(f"/c/claims/{claim}/documents", {"kind": "OTHER", "files": [file]})
    )


def test_by_a_link_that_was_sent(client, people, claim):
    token = tx.use_case(documents.make_upload_link)(
        about=Ref("claim", claim), party_id=people.lin, items=["DIAGNOSIS"],
        expires_at=make.NOON + timedelta(days=7), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    assert_none_comes_in(
        lambda file: client.post(f"/u/{token}", {"kind": "DIAGNOSIS", "files": [file]})
    )


def test_as_a_paper_of_a_request():
    hall = Hall()
    request_id = hall.start("particulars", {"reason": "RENAMED", "name": "林新名"})
    me = signed_in(hall.me)
    # The page that says so works out anew what the request comes to, as whenever it is looked at.
    assert_none_comes_in(
        lambda file: me.post(f"/c/requests/{request_id}/paper", {"files": [file]}),
        but=("servicing_request", "servicing_requestevent"),
    )


def test_another_persons_invoice_says_whose_is_asked_for(lin, claim):
    paper = papers.e_invoice("王某某")
    with nothing_changes():
        answer = lin.post(
            f"/c/claims/{claim}/documents",
            {"kind": "INVOICE", "files": [pdf(paper.filename, paper.content)]},
        )
        assert_refused(answer, 422, "请提交被保险人本人的票据")
