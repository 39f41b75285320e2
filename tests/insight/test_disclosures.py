"""plan_disclosures, publish_disclosure: each year's disclosures are listed once, and published by head office."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests import make
from tests.web.signing import signed_in
from yilu.insight import operations
from yilu.insight.models import ClaimsYear, Disclosure
from yilu.insight.queries.disclosures import list_disclosures
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations import operations as obligations
from yilu.obligations.models import Clock
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
JANUARY = datetime(2027, 1, 2, 2, tzinfo=UTC)
WHERE = "https://www.example.com/disclosure/2026.pdf"


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


@pytest.fixture
def planned(office):
    assert operations.plan_disclosures(at=JANUARY) == 3
    return {row.kind: row for row in Disclosure.objects.all()}


@pytest.fixture
def manager(office):
    return make.colleague(make.head_office(), "SERVICE_MANAGER")


def publish(row, who, address=WHERE):
    operations.publish_disclosure(
        disclosure_id=row.pk, address=address, access=who[0], actor=who[1], at=JANUARY
    )


def state(row):
    return Clock.objects.get(subject=str(row.ref)).state, Item.objects.get(
        subject=str(row.ref), queue_id="insight.disclosure"
    ).state


def test_they_are_listed_once_a_year_with_the_laws_day(planned):
    assert operations.plan_disclosures(at=JANUARY) == 0
    assert {(row.year, str(row.due_on)) for row in planned.values()} == {(2026, "2027-04-30")}
    clocks = {clock.code: clock for clock in Clock.objects.all()}
    assert set(clocks) == {"law.yearly_disclosure", "pledge.yearly_figures"}
    assert str(clocks["law.yearly_disclosure"].due_at) == "2027-04-30 15:59:59+00:00"
    assert Item.objects.get(subject=str(planned["ANNUAL"].ref)).office_id == make.head_office()


@pytest.mark.parametrize(
    ("day", "listed"),
    [((2027, 4, 30, 15, 59), 3), ((2027, 4, 30, 16), 0), ((2026, 12, 31, 15, 59), 0)],
)
def test_whoever_begins_after_the_day_owes_nothing_of_the_year_before(office, day, listed):
    assert operations.plan_disclosures(at=datetime(*day, tzinfo=UTC)) == listed


def test_publishing_ends_its_own_clock_and_work_and_is_once(planned, manager):
    row = planned["ANNUAL"]
    publish(row, manager)
    publish(row, manager)
    assert state(row) == ("MET", "DONE")
    assert state(planned["COMPLAINTS"])[0] == "RUNNING"
    assert Event.objects.filter(kind="insight.disclosure_published").count() == 1
    with pytest.raises(operations.AlreadyPublished):
        publish(row, manager, WHERE + "?again")


def test_the_claims_report_is_published_as_it_was_printed(planned, manager):
    row = planned["CLAIMS"]
    with pytest.raises(operations.NothingPrinted):
        publish(row, manager)
    assert state(row)[0] == "RUNNING"
    ClaimsYear.objects.create(
        year=2026, added_up_at=JANUARY, printed=b"x", printed_at=JANUARY, sha256="a" * 64
    )
    publish(row, manager)
    row.refresh_from_db()
    assert row.sha256 == "a" * 64
    assert Event.objects.get(kind="insight.disclosure_published").facts["sha256"] == "a" * 64


@pytest.mark.parametrize(
    "wrong", ["", "www", "ftp://example.com/x", "https://a b.example", "javascript:alert(1)"]
)
def test_an_address_nobody_can_open_is_refused(planned, manager, wrong):
    with pytest.raises(operations.BadAddress):
        publish(planned["ANNUAL"], manager, wrong)
    assert not Disclosure.objects.exclude(address="").exists()


def test_only_the_head_office_publishes(planned, office, manager):
    for who in (
        make.colleague(office, "SERVICE_MANAGER"),
        make.colleague(make.head_office(), "ASSESSOR"),
    ):
        with pytest.raises(NotAllowed):
            publish(planned["ANNUAL"], who)
        with pytest.raises(NotAllowed):
            enter(who)
    row = planned["ANNUAL"]
    row.pk = 10**9
    with pytest.raises(operations.DisclosureNotFound):
        publish(row, manager)


def enter(who, matter="注册资本由二十亿元增至三十亿元", on=date(2026, 12, 28)):
    return operations.enter_matter(
        matter=matter, happened_on=on, access=who[0], actor=who[1], at=JANUARY
    )


def test_a_major_matter_has_ten_working_days_from_its_day_and_is_entered_once(planned, manager):
    made = enter(manager)
    assert enter(manager, matter=" 注册资本由二十亿元增至三十亿元  ") == made
    row = Disclosure.objects.get(pk=made)
    clock = Clock.objects.get(code="law.matter_disclosure")
    item = Item.objects.get(subject=str(row.ref))
    assert (clock.due_at, day_of(clock.due_at)) == (item.due_at, row.due_on)
    assert operations.plan_disclosures(at=JANUARY) == 0
    publish(row, manager)
    assert state(row) == ("MET", "DONE")
    late = Disclosure.objects.get(pk=enter(manager, on=date(2026, 3, 2)))
    obligations.tick(JANUARY)
    assert Clock.objects.get(subject=str(late.ref)).state == "BREACHED"


@pytest.mark.parametrize(
    ("matter", "on"),
    [
        ("更换", date(2026, 12, 28)), ("换" * 201, date(2026, 12, 28)), ("更换会计师事务所", None),
        ("更换会计师事务所", date(2027, 1, 3)), ("更换会计师事务所", date(2025, 12, 31)),
    ],
)  # fmt: skip
def test_a_matter_without_words_or_a_day_that_can_be_is_refused(office, manager, matter, on):
    with pytest.raises(operations.BadMatter):
        enter(manager, matter, on)
    assert not Disclosure.objects.exists()


def test_not_published_by_the_day_is_late(planned):
    obligations.tick(datetime(2027, 4, 30, 16, 1, tzinfo=UTC))
    assert Clock.objects.get(code="law.yearly_disclosure").state == "BREACHED"


def test_the_page_lists_clocks_takes_an_address_and_says_what_is_wrong(planned, office):
    head = signed_in(Ref("staff", make.staff(make.head_office(), "SERVICE_MANAGER")))
    branch = signed_in(Ref("staff", make.staff(office, "TEAM_LEAD")))
    row = planned["ANNUAL"]
    page = head.get(f"/staff/disclosures/{row.pk}").content.decode()
    for said in ("2026 年度", "年度信息披露报告", "理赔服务年报", "投诉统计", "登记已公布"):
        assert said in page
    assert "登记已公布" not in branch.get("/staff/disclosures").content.decode()
    address = f"/staff/disclosures/{row.pk}/publish"
    assert branch.post(address, {"address": WHERE}).status_code == 403
    wrong = head.post(address, {"address": "ftp://x"})
    assert (wrong.status_code, "公布地址填写有误" in wrong.content.decode()) == (422, True)
    for missing in (
        head.get("/staff/disclosures/99999999"),
        head.post("/staff/disclosures/99999999/publish"),
    ):
        assert missing.status_code == 404
    assert head.post(address, {"address": WHERE}).status_code == 302
    matter = "/staff/disclosures/matter"
    assert (
        branch.post(matter, {"matter": "更换会计师事务所", "happened_on": "2027-01-01"}).status_code
        == 403
    )
    for day in ("", "x"):
        wrong = head.post(matter, {"matter": "更换会计师事务所", "happened_on": day})
        assert (wrong.status_code, 'value="更换会计师事务所"' in wrong.content.decode()) == (
            422,
            True,
        )
    today = timezone.localdate().isoformat()
    assert (
        head.post(matter, {"matter": "更换会计师事务所", "happened_on": today}).status_code == 302
    )
    assert "重大事项临时披露：更换会计师事务所" in head.get("/staff/disclosures").content.decode()
    assert WHERE in head.get("/staff/disclosures").content.decode()
    assert [each.published_by != "" for each in list_disclosures(JANUARY)].count(True) == 1
