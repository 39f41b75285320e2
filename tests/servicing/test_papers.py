"""Which papers a kind asks for says its list: in the asker's circumstances, as two people laid it down (A35)."""

from datetime import date, timedelta

import pytest

from tests import make
from yilu.kernel.refs import Ref
from yilu.servicing.kinds import KINDS
from yilu.servicing.papers import papers_of, required
from yilu.standards import operations
from yilu.standards import queries as standards

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(days=1)


@pytest.fixture
def office():
    make.house_standards()
    return make.office()


def asked(kind, party_id, holder_id=None, at=make.NOON):
    papers = papers_of(KINDS[kind], party_id=party_id, holder_id=holder_id, begun_at=at)
    return {paper.code: paper.required for paper in papers}


def publish(items):
    told = {"subject": "servicing.pledge", "at": make.NOON}
    operations.make_checklist_draft(**told, actor=Ref("staff", 1))
    operations.put_checklist_items(**told, items=items, revision=0, actor=Ref("staff", 1))
    operations.publish_checklist(
        **told, revision=1, effective_from=LATER, actor=Ref("staff", 2)
    )  # fmt: skip


def test_every_kind_with_papers_has_its_list_and_no_list_is_without_its_kind(office):
    subjects = {each.subject for each in standards.list_checklists(make.NOON)}
    kinds = {standards.request_kind(subject) for subject in subjects} - {""}
    assert kinds == {code for code, kind in KINDS.items() if kind.papers}


def test_what_we_have_is_not_asked_for_and_a_company_brings_its_sealed_authority(office):
    known = make.party(office)
    unknown = make.party(office, identity_kind="", identity_number="", birth_date=date(1990, 3, 4))
    company = make.party(office, name="青禾公司", kind="ORGANISATION")

    assert asked("pledge", known, known) == {"contract": True}
    assert asked("pledge", unknown, unknown) == {"contract": True, "asker_id": True}
    assert asked("pledge", known, company) == {"contract": True, "authority": True}
    assert asked("policy_loan", known, known) == {}


def test_a_list_that_was_changed_counts_for_what_is_begun_afterwards(office):
    known = make.party(office)
    publish(
        [
            {"code": "deed", "title": "公证书", "kinds": ["OTHER"], "concerns": "HOLDER",
             "when": {"is_organisation": True}, "condition": "单位"},
            {"code": "note", "title": "说明", "kinds": ["OTHER"], "required": False},
        ]
    )  # fmt: skip

    assert asked("pledge", known, at=make.NOON) == {"contract": True}
    assert asked("pledge", known, at=LATER) == {"note": False}
    papers = papers_of(KINDS["pledge"], party_id=known, holder_id=None, begun_at=LATER)
    assert not required(papers), "nothing has to be handed in before a person looks"
