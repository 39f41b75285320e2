"""A letter's file: for staff who see its claim."""

import pytest

from tests import make
from tests.letters import desk as letter_desk
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.letters import operations


@pytest.fixture
def letter(people, settings, tmp_path):
    settings.FILES = tmp_path
    claim = make.reported_claim(office_id=people.branch_a)
    return tx.use_case(operations.issue)(
        kind="DENIAL", about=Ref("claim", claim.claim_id), party_id=people.lin,
        facts=letter_desk.facts("DENIAL", people.lin), actor=people.as_chen, at=make.NOON,
    )  # fmt: skip


def test_it_opens_for_staff_who_see_the_claim(letter, chen, kept_out):
    assert chen.get(f"/staff/letters/{letter}").status_code == 409  # still being made
    letter_desk.render()

    answer = chen.get(f"/staff/letters/{letter}")

    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    kept_out(f"/staff/letters/{letter}")


def test_another_branchs_letter_and_none_are_refused_in_the_same_words(letter, people, desk):
    from tests.web.signing import signed_in

    bai = signed_in(people.as_bai)
    for number in (letter, 999_999):
        answer = bai.get(f"/staff/letters/{number}")
        assert answer.status_code == 404
        assert "没有找到这份文书" in answer.content.decode()
    assert desk.operator.client.get(f"/staff/letters/{letter}").status_code == 403


def test_one_that_could_not_be_made_has_its_page_and_its_button(letter, chen, people, kept_out):
    """保险法 24: three days run on, so whoever decides claims has it made again; nobody else sees it."""
    from tests.web.signing import signed_in
    from yilu.letters.models import IssuedLetter

    page = f"/staff/letters/{letter}/failed"
    assert chen.get(page).status_code == 404  # it is being made, not failed
    IssuedLetter.objects.update(state="FAILED", attempts=5, problem="NoFont")
    assert "重新制作" in chen.get(page).content.decode()
    assert signed_in(people.as_bai).post(page).status_code == 404
    kept_out(page, anybody=True)

    chen.post(page)

    assert IssuedLetter.objects.values_list("state", "attempts").get() == ("PENDING", 0)
