"""自动续保 on the page where one applies: optional, never ticked beforehand, on the phone and at the counter."""

from __future__ import annotations

import re

import pytest

from tests import make
from tests.underwriting.story import Story, customer, insurer
from tests.underwriting.test_renewal import NOW, YEAR, filled
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.underwriting import operations as underwriting

pytestmark = pytest.mark.django_db
BOX = r'<input type="checkbox" name="renewal" value="([^"]+)"[^>]*?( checked)?>'


@pytest.mark.parametrize("counter", [False, True])
class TestPage:
    def test_the_box_is_never_ticked_beforehand_and_keeps_the_holders_own_tick(
        self, office, noon, counter
    ) -> None:
        noon.move_to(make.NOON)
        story = filled(Story(office, product="accident", at=make.NOON))
        browser = signed_in(make.colleague(office, "COUNTER")[1] if counter else story.me)
        page = f"{'/staff' if counter else '/c'}/applications/{story.id}/notices"
        shown = browser.get(page).content.decode()
        assert re.findall(BOX, shown) == [(NOW, "")]
        assert "到期后自动续保（可选）" in shown
        clauses = dict(re.findall(r'type="checkbox" name="(\S+)" value="(\w{64})"', shown))
        first = dict(list(clauses.items())[:1])
        refused = browser.post(page, {**first, "renewal": NOW})
        assert refused.status_code == 422
        assert re.findall(BOX, refused.content.decode()) == [(NOW, " checked")]
        assert browser.post(page, {**clauses, "renewal": NOW}).status_code == 302
        assert re.findall(BOX, browser.get(page).content.decode()) == [(NOW, " checked")]
        assert story.row.renewal_text == NOW
        assert browser.post(page, clauses).status_code == 302  # the tick taken away
        assert story.row.renewal_text == ""

    def test_a_text_that_was_not_shown_is_refused_in_words(self, office, noon, counter) -> None:
        noon.move_to(make.NOON)
        story = filled(Story(office, product="accident", at=make.NOON))
        browser = signed_in(make.colleague(office, "COUNTER")[1] if counter else story.me)
        page = f"{'/staff' if counter else '/c'}/applications/{story.id}/notices"
        refused = browser.post(page, {"renewal": "1999-1"})
        assert (refused.status_code, "自动续保的说明已经更新" in refused.content.decode()) == (
            422, True,
        )  # fmt: skip


@pytest.fixture
def office() -> int:
    return insurer()


def test_a_long_contracts_page_does_not_ask(office, noon) -> None:
    noon.move_to(make.NOON)
    story = Story(office, at=make.NOON).identified().planned().declared().afforded()
    page = signed_in(story.me).get(f"/c/applications/{story.id}/notices").content.decode()
    assert not re.findall(BOX, page)


def test_in_a_family_each_contract_is_asked_about_by_itself_and_not_by_an_agent(
    office, noon
) -> None:
    noon.move_to(make.NOON)
    agent = make.agent(office)
    story = Story(
        office, product="accident", at=make.NOON, holder_id=customer(office, agent_id=agent)
    )
    underwriting.start_family(application_id=story.id, actor=story.me, at=make.NOON)
    story.planned(**YEAR)
    browser = signed_in(story.me)
    page = f"/c/applications/{story.id}/beneficiaries"
    assert re.findall(BOX, browser.get(page).content.decode()) == [(NOW, "")]
    assert browser.post(page, {"how": "LEGAL", "renewal": NOW}).status_code == 302
    assert story.row.renewal_text == NOW
    theirs = signed_in(Ref("agent", agent))
    prepared = f"/agent/applications/{story.id}/beneficiaries"
    assert not re.findall(BOX, theirs.get(prepared).content.decode())
    theirs.post(prepared, {"how": "LEGAL"})
    assert story.row.renewal_text == NOW  # what the holder said stays as it is
