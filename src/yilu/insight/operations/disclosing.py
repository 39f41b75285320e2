"""Once a year the insurer publishes its year: planned in January, published by a person before May (年度披露)."""

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
from yilu.work import operations as work

RIGHT = "insight.view"
"""Over the head office: it is the whole insurer's."""
QUEUE = "insight.disclosure"
TITLES = {
    "ANNUAL": _("公布上一年度信息披露报告"), "CLAIMS": _("公布上一年度理赔服务年报"), "COMPLAINTS": _("公布上一年度投诉统计"),
}  # fmt: skip
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
        insert into insight_disclosure (kind, year, due_on, planned_at, address, sha256, published_by)
        select kind, %s::smallint, %s::date, %s::timestamptz, '', '', '' from unnest(%s::text[]) as k(kind)
            on conflict (kind, year) do nothing returning id, kind
        """,
        [year, due_on(year), at, list(Disclosure.Kind.values)],
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
