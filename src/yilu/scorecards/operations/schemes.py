"""A scheme changes by a new version: one person writes, another approves, from the first of a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards import events, uses
from yilu.scorecards.models import Scheme
from yilu.scorecards.queries.schemes import known
from yilu.scorecards.refusals import (
    BadScheme,
    OwnScheme,
    SchemeChanged,
    SchemeNotFound,
    WholeCompany,
)
from yilu.scorecards.rules import schemes

RIGHT = "scorecards.manage"
_State = Scheme.State


def require_company(access: Access) -> None:
    """:raises NotAllowed: without the right. :raises WholeCompany: over less than every office."""
    access.require(RIGHT)
    if not {office.id for office in people.list_offices()} <= access.offices_for(RIGHT):
        raise WholeCompany


@tx.use_case
def write_scheme(
    *, subject: str, target: str, title: str, rows: Sequence[Mapping[str, str]], volume: str,
    revision: int, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write the next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    :raises BadScheme: weights that do not sum to 100, too little weight for the customer, a KPI there
      is not or twice, a direction that does not fit. :raises SchemeChanged: somebody else wrote.
    """
    require_company(access)
    title, target = title.strip(), target.strip()
    _check_whom(subject, target, title)
    parts = schemes.read(rows)
    schemes.check(parts, known(), subject)
    if volume and volume not in uses.VOLUMES:
        raise BadScheme(hint=_("没有这项工作量指标。"))
    lock = f"scorecards.scheme.{subject}.{target}"
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    those = Scheme.objects.filter(subject=subject, target=target)
    draft = those.filter(state=_State.DRAFT).first()
    if (draft.revision if draft else 0) != revision:
        raise SchemeChanged
    if draft is None:
        last = those.order_by("-number").first()
        draft = Scheme(subject=subject, target=target, revision=0)
        draft.number = last.number + 1 if last else 1
    draft.title, draft.volume = title, volume
    draft.parts = [part.kept() for part in parts]
    draft.author, draft.written_at = str(actor), at
    draft.revision += 1
    draft.save()
    fact = events.SchemeDrafted(
        subject=subject, target=target, version=draft.number, revision=draft.revision
    )
    journal.record(fact, about=draft.ref, actor=actor, at=at)
    return draft.pk


@tx.use_case
def approve_scheme(
    *, scheme_id: int, revision: int, since: date, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Approve a draft as it was seen, from the first of a month that has not gone by.

    :raises OwnScheme: whoever wrote it does not approve. :raises SchemeChanged: not what was seen.
    :raises BadScheme: another day; or a KPI it counts by is gone meanwhile.
    """
    require_company(access)
    draft = _locked(scheme_id)
    if draft.state != _State.DRAFT or draft.revision != revision:
        raise SchemeChanged
    if draft.author == str(actor):
        raise OwnScheme
    if since.day != 1 or since < day_of(at):
        raise BadScheme(hint=_("生效日请选今天或以后某个月的一日：一个月按同一份方案计分。"))
    schemes.check(schemes.read(draft.parts), known(), draft.subject)
    draft.state, draft.since = _State.APPROVED, since
    draft.approver, draft.approved_at = str(actor), at
    draft.save()
    fact = events.SchemeApproved(
        subject=draft.subject, target=draft.target, version=draft.number, since=since.isoformat()
    )
    journal.record(fact, about=draft.ref, actor=actor, at=at)


@tx.use_case
def discard_scheme(*, scheme_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises SchemeChanged: an approved version is replaced, never deleted."""
    require_company(access)
    draft = _locked(scheme_id)
    if draft.state != _State.DRAFT:
        raise SchemeChanged
    fact = events.SchemeDiscarded(subject=draft.subject, target=draft.target, version=draft.number)
    journal.record(fact, about=draft.ref, actor=actor, at=at)
    draft.delete()


def _check_whom(subject: str, target: str, title: str) -> None:
    if not 2 <= len(title) <= 60:
        raise BadScheme(hint=_("请写方案名称（2 至 60 字）。"))
    if subject == "ROLE" and target in people.ROLE_LABELS:
        return
    number = int(target) if target.isascii() and target.isdigit() and len(target) < 18 else None
    if subject == "BRANCH" and (
        not target or any(office.id == number for office in people.list_offices())
    ):
        return
    if subject == "PERSON" and number and people.get_staff(number).active:
        return
    raise BadScheme(hint=_("请选择考核哪个岗位、机构或个人。"))


def _locked(scheme_id: int) -> Scheme:
    row = Scheme.objects.select_for_update().filter(pk=scheme_id).first()
    if row is None:
        raise SchemeNotFound
    return row
