"""Papers of an application count from the day they came, not from the day somebody typed them in (E30)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.documents.papers import picture
from tests.underwriting.story import NOON, Story, customer, insurer
from tests.underwriting.test_underwriter_decides import HIGH, decide
from yilu.documents import queries as documents
from yilu.documents.operations import BadReceiptDay, Receipt
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.underwriting import operations as underwriting
from yilu.underwriting.operations import Kind
from yilu.underwriting.queries.papers import Need, complete_on

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WHY = "邮寄件先存放在收发室"
SUBMITTED = datetime(2026, 9, 23, 12, tzinfo=SHANGHAI)  # a Wednesday, a week before National Day
TYPED = datetime(2026, 10, 12, 10, tzinfo=SHANGHAI)  # the Monday after it
AFTER_REPORT = "law.application_decided_after_report"


def midnight(on):
    return datetime.combine(on, time(), SHANGHAI)


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def clerk(office):
    access, actor = make.colleague(office, "COUNTER")
    return {"access": access, "actor": actor}


@pytest.fixture
def asked(office):
    """An application of which an underwriter asked for two examinations on the day it was handed in."""
    return asked_for(office, "HOLTER", "CHECKUP")


def asked_for(office, *examinations, at=SUBMITTED, **start):
    story = Story(office, at=at, **start)
    assert story.submitted(**HIGH).state == "REFERRED"
    he = make.colleague(office, "UNDERWRITER")
    done = decide(story, he, Kind.EXAMINE, examinations=examinations, words="请补充心脏检查")
    assert done.state == "EXAMINATION"
    return story


def bring(story, paper, came=None, why="", at=TYPED, **who):
    return underwriting.hand_in_paper(
        application_id=story.id, paper=paper, filename=f"{paper}.png", content=picture(text=paper),
        at=at, **({"actor": story.me} | who), receipt=came and Receipt(came, why),
    )  # fmt: skip


def clock(story, at=TYPED):
    found = obligations.list_clocks(story.row.ref, at)
    return next((c for c in found if c.code == AFTER_REPORT), None)


def received(story):
    return Event.objects.get(kind="underwriting.papers_received", subject=str(story.row.ref)).facts


class TestTheTimeToDecide:
    @pytest.mark.parametrize(
        ("came", "due"),
        [
            (date(2026, 9, 24), date(2026, 10, 22)),  # Friday the 25th is a holiday too
            (date(2026, 9, 30), date(2026, 10, 27)),  # the eve of the holidays
            (date(2026, 10, 1), date(2026, 10, 27)),  # a holiday: counted from the next working day
            (date(2026, 10, 7), date(2026, 10, 27)),
            (date(2026, 10, 8), date(2026, 10, 28)),
            (date(2026, 10, 10), date(2026, 10, 30)),  # a Saturday everybody works
            (date(2026, 10, 11), date(2026, 10, 30)),  # a Sunday
        ],
    )
    def test_runs_from_the_day_the_last_report_was_here(self, asked, clerk, came, due):
        bring(asked, "HOLTER", date(2026, 9, 24), WHY, **clerk)
        assert clock(asked) is None
        kept = bring(asked, "CHECKUP", came, WHY, **clerk)
        running = clock(asked)
        assert (running.state, running.started_at) == ("RUNNING", midnight(came))
        assert day_of(running.due_at) == due
        assert received(asked)["received_on"] == came.isoformat()
        assert received(asked)["examined"] is True  # no word of an examination is owed any more
        assert asked.row.complete_at == midnight(came)
        upload = documents.get_upload(kept)
        assert (upload.received_on, upload.received_why) == (came, WHY)

    @pytest.mark.parametrize("told", [None, day_of(TYPED)], ids=["untold", "told"])
    def test_of_what_came_today_runs_from_the_moment_it_was_handed_in(self, asked, clerk, told):
        bring(asked, "HOLTER", date(2026, 9, 24), WHY, **clerk)
        bring(asked, "CHECKUP", told, **clerk)
        assert clock(asked).started_at == asked.row.complete_at == TYPED
        assert day_of(clock(asked).due_at) == date(2026, 11, 2)
        assert received(asked)["received_on"] == ""

    def test_runs_from_the_later_paper_whichever_was_typed_in_last(self, asked, clerk):
        bring(asked, "HOLTER", date(2026, 10, 9), **clerk)
        bring(asked, "CHECKUP", date(2026, 9, 28), WHY, **clerk)
        assert clock(asked).started_at == midnight(date(2026, 10, 9))

    def test_of_two_files_for_one_report_runs_from_the_first(self, asked, clerk):
        bring(asked, "HOLTER", date(2026, 9, 28), WHY, **clerk)
        underwriting.hand_in_paper(
            application_id=asked.id, paper="HOLTER", filename="第二页.png",
            content=picture(text="page two"), at=TYPED, receipt=Receipt(date(2026, 10, 9)), **clerk,
        )  # fmt: skip
        bring(asked, "CHECKUP", date(2026, 9, 29), WHY, **clerk)
        assert clock(asked).started_at == midnight(date(2026, 9, 29))

    def test_never_runs_from_before_the_application_was_handed_in(self, office, clerk):
        """The report lay here while the customer was still filling in: nothing waited for us."""
        story = Story(office, at=SUBMITTED - 5 * DAY)
        story.at = SUBMITTED
        story.submitted(**HIGH)
        he = make.colleague(office, "UNDERWRITER")
        decide(story, he, Kind.EXAMINE, examinations=("HOLTER",), words="请补充心脏检查")
        bring(story, "HOLTER", day_of(SUBMITTED) - 2 * DAY, WHY, **clerk)
        assert clock(story).started_at == midnight(day_of(SUBMITTED))
        assert story.row.complete_at == story.row.submitted_at

    def test_already_over_when_typed_in_is_late_at_once(self, asked, clerk):
        bring(asked, "HOLTER", date(2026, 9, 24), WHY, **clerk)
        late = datetime(2026, 10, 28, 10, tzinfo=SHANGHAI)
        bring(asked, "CHECKUP", date(2026, 9, 30), WHY, at=late, **clerk)
        assert day_of(clock(asked, late).due_at) == date(2026, 10, 27)


class TestTheDayTold:
    @pytest.mark.parametrize(
        ("came", "why", "words"),
        [
            (day_of(TYPED) + DAY, WHY, "收到日不能晚于今天"),
            (day_of(SUBMITTED) - DAY, WHY, "收到日不能早于2026-09-23"),
            (day_of(TYPED) - 8 * DAY, "", "收到已超过七天，请写明补录的原因"),
            (day_of(TYPED) - 8 * DAY, "忘了", "收到已超过七天，请写明补录的原因"),
        ],
    )
    def test_that_cannot_be_changes_nothing(self, asked, clerk, came, why, words):
        version = asked.row.version
        with pytest.raises(BadReceiptDay) as refused:
            bring(asked, "HOLTER", came, why, **clerk)
        assert str(refused.value.message) == words
        assert refused.value.hint
        assert (asked.row.version, documents.list_uploads(asked.row.ref)) == (version, ())

    def test_longer_ago_than_anybody_means_is_not_taken(self, asked, clerk):
        with pytest.raises(BadReceiptDay, match="九十天"):
            bring(
                asked, "HOLTER", day_of(SUBMITTED) + DAY, WHY, at=SUBMITTED + 92 * DAY, **clerk
            )  # fmt: skip

    def test_is_no_customers_to_date_back(self, asked):
        kept = bring(asked, "HOLTER", date(2026, 9, 28), WHY)
        bring(asked, "CHECKUP", date(2026, 9, 28), WHY)
        assert documents.get_upload(kept).received_on == day_of(TYPED)
        assert clock(asked).started_at == TYPED

    def test_is_the_agents_to_tell_too(self, office):
        agent = make.agent(office)
        story = asked_for(office, "HOLTER", holder_id=customer(office, agent_id=agent))
        bring(story, "HOLTER", date(2026, 10, 9), actor=Ref("agent", agent))
        assert clock(story).started_at == midnight(date(2026, 10, 9))

    def test_is_not_a_strangers(self, asked, office):
        other, elsewhere = make.agent(office), make.colleague(make.office(), "COUNTER")
        for who in (
            {"actor": Ref("agent", other)},
            {"access": elsewhere[0], "actor": elsewhere[1]},
        ):
            with pytest.raises(underwriting.ApplicationNotFound):
                bring(asked, "HOLTER", date(2026, 10, 9), **who)
        assert documents.list_uploads(asked.row.ref) == ()

    def test_a_second_time_for_the_same_file_changes_nothing(self, asked, clerk):
        first = bring(asked, "HOLTER", date(2026, 10, 9), **clerk)
        assert bring(asked, "HOLTER", date(2026, 9, 28), WHY, **clerk) == first
        assert documents.get_upload(first).received_on == date(2026, 10, 9)


def test_a_missing_paper_ends_in_a_verdict_on_papers_that_were_here_before(office, clerk):
    """What the machine decides at once is decided within the time, however late it was typed in."""
    story = Story(office, at=SUBMITTED)
    story.planned().declared().afforded().confirmed().signed()  # the register never answered
    assert story.do(underwriting.submit).state == "EXAMINATION"
    bring(story, "HOLDER_ID", date(2026, 10, 9), **clerk)
    story.read_card(TYPED)
    assert story.row.state == "AWAITING_PAYMENT"
    done = clock(story)
    assert (done.state, done.started_at) == ("MET", midnight(date(2026, 10, 9)))


days = st.dates(day_of(NOON) - timedelta(days=90), day_of(NOON))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.lists(days, max_size=3)), max_size=5))
def test_papers_are_complete_with_the_last_one_and_one_with_its_first_file(told):
    came, needs = {}, []
    for required, known, files in told:
        ids = tuple(range(len(came), len(came) + len(files)))
        came.update(zip(ids, files, strict=True))
        needs.append(Need("X", "X", "", "OTHER", required, bool(files) or known, ids, known))
    brought = [files for required, known, files in told if required and not known and files]
    on = complete_on(needs, came)
    assert (on is None) == (not brought)
    for n, files in enumerate(brought):
        assert any(day <= on for day in files)
        rest = brought[:n] + brought[n + 1 :]
        if all(any(day < on for day in others) for others in rest):
            assert min(files) == on, "nothing else can have been the last"
