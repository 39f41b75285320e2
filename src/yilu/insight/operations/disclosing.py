"""What the insurer publishes: its year, planned in January, and a major matter within ten working days (信息披露)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from yilu.insight import events
from yilu.insight.models import ClaimsYear, Disclosure
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.work import operations as work

RIGHT = "insight.view"
"""Over the head office: it is the whole insurer's."""
QUEUE = "insight.disclosure"
TITLES = {
    "ANNUAL": _("公布上一年度信息披露报告"), "CLAIMS": _("公布上一年度理赔服务年报"), "COMPLAINTS": _("公布上一年度投诉统计"),
    "MATTER": _("公布重大事项临时披露报告"),
}  # fmt: skip
YEARLY = ("ANNUAL", "CLAIMS", "COMPLAINTS")
MATTER_DAYS = 10
"""Within so many working days a major matter is published."""
MATTER_LEAST, MATTER_MOST = 6, 200
_ADDRESS = re.compile(r"https?://[^\s/$.?#][^\s]{3,280}")


class DisclosureNotFound(NotFound):
    """Nothing of this number is to be published."""

    code = "disclosure_not_found"
    message = _("没有找到这项披露")


class BadAddress(Invalid):
    """Where it was published must be an address that everybody can open."""

    code = "bad_address"
    message = _("公布地址填写有误")
    hint = _("请填写公众能打开的网页地址，以 https:// 开头。")


class BadMatter(Invalid):
    """What happened, or when, is missing or cannot be."""

    code = "bad_matter"
    message = _("重大事项填写有误")
    hint = _("请用 6 至 200 字写明是什么事项，并填写发生日：今天或过去一年里的一天。")


class NothingPrinted(Refusal):
    """The claims report of the year has not been printed yet: there is nothing to publish."""

    code = "nothing_printed"
    message = _("这个年度的理赔年报还没有生成")
    hint = _("请先到“理赔年报”选择这个年度，汇总并生成报告。")


class AlreadyPublished(Refusal):
    """It was published at another address; what was said of it stays."""

    code = "already_published"
    message = _("这项披露已经公布")
    hint = _("公布记录不能改动；请刷新页面查看。")


def due_on(year: int) -> date:
    """The last day for what is published of a year: 30 April of the next (保险公司信息披露办法)."""
    return date(year + 1, 4, 30)


@tx.use_case
def plan_disclosures(*, at: datetime) -> int:
    """
    Put what is to be published of the last year on the list, once a year; how many there were.

    From January to the last day: whoever begins with us in summer owes nothing of the year before.
    """
    today = day_of(at)
    year = today.year - 1
    if today > due_on(year):
        return 0
    rows = tx.rows(
        """
        insert into insight_disclosure (kind, year, due_on, planned_at, matter, entered_by, address,
               sha256, published_by)
        select kind, %s::smallint, %s::date, %s::timestamptz, '', '', '', '', '' from unnest(%s::text[]) as k(kind)
            on conflict do nothing returning id, kind
        """,
        [year, due_on(year), at, list(YEARLY)],
    )
    head = _head()
    for disclosure_id, kind in rows:
        about = Ref("disclosure", disclosure_id)
        fact = events.DisclosurePlanned(
            kind=kind, year=year, until=due_on(year).isoformat(), office_id=head
        )
        journal.record(fact, about=about, actor=SYSTEM, at=at)
        work.open_item(
            QUEUE, about=about, office_id=head, at=at, title=TITLES[kind],
            due_at=datetime.combine(due_on(year) + timedelta(days=1), time(), CHINA)
            - timedelta(minutes=1),
        )  # fmt: skip
    return len(rows)


@tx.use_case
def enter_matter(
    *, matter: str, happened_on: date | None, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Enter a major matter that must be published within ten working days of its day; its number. The same again is once.

    Whether something must be disclosed is for people to judge; from here its clock runs, also
    where the days are over already.

    :raises NotAllowed: without the right over the head office. :raises BadMatter: no words, no day, or a day that
      has not come or is more than a year back.
    """
    head = _head()
    access.require(RIGHT, office_id=head)
    today, told = day_of(at), " ".join(matter.split())
    if happened_on is None or not MATTER_LEAST <= len(told) <= MATTER_MOST:
        raise BadMatter
    if not today - timedelta(days=366) <= happened_on <= today:
        raise BadMatter
    begun = datetime.combine(happened_on, time(), CHINA)
    due_at = standards.working_time(head).add_working_days(begun, MATTER_DAYS)
    made, is_new = Disclosure.objects.get_or_create(
        kind=Disclosure.Kind.MATTER, happened_on=happened_on, matter=told,
        defaults={
            "year": happened_on.year, "due_on": day_of(due_at), "planned_at": at, "entered_by": str(actor),
        },
    )  # fmt: skip
    if is_new:
        fact = events.MatterToDisclose(on=happened_on.isoformat(), office_id=head)
        journal.record(fact, about=made.ref, actor=actor, at=at)
        work.open_item(
            QUEUE, about=made.ref, office_id=head, at=at, title=TITLES["MATTER"], due_at=due_at
        )
    return made.pk


@tx.use_case
def publish_disclosure(
    *, disclosure_id: int, address: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that it was published, and where; its clock ends. The same again is once.

    Of the claims report the digest of the file is kept, so that what was published can be compared.

    :raises NotAllowed: without the right over the head office. :raises DisclosureNotFound.
    :raises BadAddress: no address. :raises NothingPrinted: no claims report of that year.
    :raises AlreadyPublished: it was, somewhere else.
    """
    access.require(RIGHT, office_id=_head())
    row = Disclosure.objects.select_for_update().filter(pk=disclosure_id).first()
    if row is None:
        raise DisclosureNotFound
    told = address.strip()
    if row.published_at is not None:
        if told == row.address:
            return
        raise AlreadyPublished
    if not _ADDRESS.fullmatch(told):
        raise BadAddress
    if row.kind == Disclosure.Kind.CLAIMS:
        printed = ClaimsYear.objects.filter(pk=row.year).exclude(sha256="")
        row.sha256 = printed.values_list("sha256", flat=True).first() or ""
        if not row.sha256:
            raise NothingPrinted
    row.address, row.published_by, row.published_at = told, str(actor), at
    row.save(update_fields=["address", "sha256", "published_by", "published_at"])
    fact = events.DisclosurePublished(kind=row.kind, year=row.year, sha256=row.sha256)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="PUBLISHED")


def _head() -> int:
    return next(office.id for office in people.list_offices() if office.level == "HEAD")
