"""The log of what the machine decided by itself: by which rule, who answers, how a person undoes it (A176)."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest

from tests import make
from tests.journeys.telling import tell
from tests.people.test_privacy_register import Officers, answers
from tests.web.signing import signed_in
from yilu.insight.queries import automatic as queries
from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.rules.privacy_register import JUDGES
from yilu.underwriting.models import Decision as Verdict

pytestmark = pytest.mark.django_db
NOON = make.NOON
DAY = timedelta(days=1)


@pytest.fixture
def officers():
    make.standards_in_force()
    return Officers()


def approved(claim_id, rule, at=NOON, by=SYSTEM):
    """An approval by the machine (or somebody): the decision's row and its event, as claims leave them."""
    ((decision,),) = tx.rows(
        "insert into claims_decision (claim_id, kind, state, amount, digest, machine_verdict, overrides,"
        " override_reason, reason, clause, on_scene, decided_by, decided_at, approved_by, rule)"
        " values (%s, 'APPROVE', 'STANDS', 500, '', 'PAY', false, '', '', '', false, %s, %s, '', %s) returning id",
        [claim_id, str(by), at, rule],
    )
    tell("claims.claim_approved", Ref("claim", claim_id), at, by=by, decision_id=decision)


def log(officers, **asked):
    span = {"since": NOON - DAY, "until": NOON + DAY, "limit": 10}
    return queries.automatic(officers.auditor, **span | asked)


def test_every_kind_is_told_by_the_journal_and_registered_as_a_judge():
    assert {sort.kind for sort in queries.SORTS} <= set(REGISTRY)
    assert {sort.judge for sort in queries.SORTS} <= {code for code, _name in JUDGES}


class TestTheLog:
    def test_says_by_which_row_of_which_table_and_who_answers_for_it(self, officers):
        claim = make.reported_claim(office_id=make.office()).claim_id
        approved(claim, "claims.triage v3 第 2 行：金额小，资料齐全")
        (row,) = log(officers)
        assert (row.sort.name, str(row.about)) == ("理赔自动核定", f"claim:{claim}")
        assert (row.rules, row.why) == (("claims.triage v3 第 2 行",), ("金额小，资料齐全",))
        assert (row.owner, row.register_id) == ("", None)
        entry = officers.approved(
            "MODEL", said=answers("MODEL", judge="CLAIMS", owner="理赔部", version="第 3 版")
        )
        (row,) = log(officers)
        assert (row.owner, row.version, row.register_id) == ("理赔部", "第 3 版", entry)

    def test_what_a_person_decided_is_not_in_it(self, officers):
        approved(
            make.reported_claim(office_id=make.office()).claim_id,
            "claims.authority",
            by=Ref("staff", 7),
        )
        assert log(officers) == []

    def test_reasons_are_words(self, officers):
        tell(
            "claims.claim_sent_to_review", Ref("claim", 1), NOON, by=SYSTEM, reasons=("OVER_LIMIT",)
        )
        tell("claims.signal_raised", Ref("claim", 2), NOON, by=SYSTEM, signal="SHARED_PHONE")
        signalled, reviewed = log(officers)
        assert reviewed.why == ("金额超过自动核赔范围",)
        assert reviewed.sort.appeal == queries.LEFT_TO_A_PERSON
        assert signalled.why[0]

    def test_the_days_the_kind_and_the_page_narrow_it(self, officers):
        for days in (0, 1, 5):
            tell("people.double_found", Ref("double", days + 1), NOON - days * DAY, by=SYSTEM)
        tell("claims.signal_raised", Ref("claim", 9), NOON, by=SYSTEM)
        assert [row.about.id for row in log(officers, kind="people.double_found")] == [2, 1]
        newest, older = log(officers, limit=2)
        assert newest.event_id > older.event_id
        assert log(officers, before=older.event_id, limit=2)[0].event_id < older.event_id
        assert len(log(officers, since=NOON - 9 * DAY, until=NOON - 2 * DAY)) == 1

    def test_underwriting_tells_its_tables(self, officers, monkeypatch):
        class Kept:
            @staticmethod
            def filter(pk__in):
                return Kept

            @staticmethod
            def values_list(*_names):
                reason = {
                    "table": "underwriting.bmi",
                    "version": 2,
                    "row": 4,
                    "in_words": "体重指数偏高",
                }
                return [(77, [reason, reason])]

        monkeypatch.setattr(Verdict, "objects", Kept)
        tell(
            "underwriting.application_decided",
            Ref("application", 5),
            NOON,
            by=SYSTEM,
            decision_id=77,
            by_machine=True,
        )
        (row,) = log(officers)
        assert (row.rules, row.why) == (("underwriting.bmi v2 第 4 行",), ("体重指数偏高",))


class TestThePage:
    URL = f"/staff/automatic?since={NOON - DAY:%Y-%m-%d}&until={NOON + DAY:%Y-%m-%d}"

    def test_shows_the_decisions_and_gives_them_as_a_workbook(self, officers):
        tell(
            "claims.claim_sent_to_review", Ref("claim", 1), NOON, by=SYSTEM, reasons=("OVER_LIMIT",)
        )
        auditor = signed_in(officers.auditor_ref)
        assert "/staff/automatic" in auditor.get("/staff/privacy?kind=MODEL").content.decode()
        page = auditor.get(self.URL).content.decode()
        assert "金额超过自动核赔范围" in page
        assert "已转由人决定" in page
        answer = auditor.get(self.URL.replace("automatic", "automatic/export"))
        with ZipFile(io.BytesIO(answer.content)) as book:
            assert "金额超过自动核赔范围" in book.read("xl/sharedStrings.xml").decode()

    @pytest.mark.parametrize(
        "asked",
        [
            "",
            "?since=x",
            "?since=2026-03-02&until=2026-03-01",
            "?kind=x&since=1&until=0001-01-01",
            "?since=9999-12-31&until=9999-12-31",
            "?since=0001-01-01&until=0001-01-02",
        ],
    )
    def test_days_that_are_none_are_the_last_week(self, officers, asked):
        answer = signed_in(officers.auditor_ref).get(f"/staff/automatic{asked}")
        assert answer.status_code == 200
        assert "这些天系统没有作出这种判断" in answer.content.decode()

    def test_whoever_may_not_read_the_registers_is_refused(self, officers):
        clerk = signed_in(Ref("staff", make.staff(make.office(), "ASSESSOR")))
        branch = signed_in(Ref("staff", make.staff(make.office(), "AUDITOR")))
        assert branch.get("/staff/automatic").status_code == 403, "it is the whole insurer's"
        assert "/staff/automatic" not in branch.get("/staff/privacy?kind=MODEL").content.decode()
        assert {clerk.get(f"/staff/automatic{end}").status_code for end in ("", "/export")} == {403}
