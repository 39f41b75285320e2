"""What our people do about a report that waits for a consent, and what the clock does (待同意报案)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from yilu.claims import events
from yilu.claims.models import WaitingReport
from yilu.claims.rules import promises
from yilu.documents import operations as documents
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people_operations
from yilu.people.queries import Access
from yilu.work import operations as work

from .promising import due
from .refusals import NotForOneself, need_reason
from .waiting import (
    QUEUE,
    REFUSED,
    WAITING,
    WaitingReportOver,
    ask,
    end,
    file_report,
    hold_waiting,
    next_look,
)

CALLS = {"CALL": _("已通话"), "VISIT": _("已见面或约好上门、到柜面"), "NO_ANSWER": _("没有联系上")}
AGAIN_DAYS_MAX = 30


class BadCall(Invalid):
    """It does not say how the customer was spoken to, or when to look again."""

    code = "bad_call"
    message = _("请选择联系结果")


class BadAgainDay(Invalid):
    """The next look must be soon, and still to come."""

    code = "bad_again_day"
    message = _("再次跟进日期不对")
    hint = _("请选择明天起三十天内的一天。")


class PaperMissing(Invalid):
    """A consent on paper is kept as a picture of the signed sheet."""

    code = "paper_missing"
    message = _("请上传客户签字的同意书")
    hint = _("拍照或扫描均可；没有签字的同意书不能代替客户同意。")


def _on_the_desk(waiting_id: int, right: str, access: Access) -> WaitingReport:
    row = hold_waiting(waiting_id)
    access.require(right, office_id=row.office_id)
    if row.state not in (WAITING, REFUSED):
        raise WaitingReportOver
    return row


@tx.use_case
def call_about_report(
    *, waiting_id: int, how: str, words: str, again_on: date | None = None, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Write down that the customer was called or seen, in the caller's words, and when to look again.

    Spoken with, our promise to speak with them is kept. After the limit, ``again_on`` is the person's
    decision to wait further: the customer is asked until then.

    :raises NotAllowed: without ``claims.register`` there. :raises WaitingReportOver: it has ended.
    :raises BadCall: another outcome. :raises BadAgainDay: a day that cannot be. :raises ReasonMissing: no words.
    """
    if how not in CALLS:
        raise BadCall
    today = day_of(at)
    if again_on is not None and not today < again_on <= today + timedelta(days=AGAIN_DAYS_MAX):
        raise BadAgainDay
    row = _on_the_desk(waiting_id, "claims.register", access)
    said = need_reason(words, what=_("联系情况"), least=2)[:500]
    row.calls = [*row.calls, [at.isoformat(), str(actor), how, said]]
    if again_on is not None and row.state == WAITING:
        row.decide_on, row.overdue_at = again_on, None
        row.look_at = min(next_look(at), _morning_of(again_on))
    row.save(update_fields=["calls", "decide_on", "overdue_at", "look_at"])
    reached = how != "NO_ANSWER"
    journal.record(
        events.WaitingReportCalled(how=how, reached=reached),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    if reached:
        work.close_items(about=row.ref, at=at, queue=QUEUE)


@tx.use_case
def send_consent_link_again(*, waiting_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Send the customer the link once more, on their word. Refused first, they are asked no more.

    :raises NotAllowed: without ``claims.register``. :raises WaitingReportOver: it does not wait.
    """
    row = _on_the_desk(waiting_id, "claims.register", access)
    if row.state != WAITING:
        raise WaitingReportOver
    _remind(row, actor=actor, at=at)


@tx.use_case
def take_paper_consent(
    *, waiting_id: int, text_version: str, filename: str, content: bytes, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    The customer signed the consent on paper, at the counter or at home: the report is filed; its claim's id.

    The signed sheet becomes a paper of the claim.

    :raises NotAllowed: without ``claims.register``. :raises PaperMissing: no file.
    :raises WaitingReportOver: it has ended. :raises ConsentTextChanged: an older sheet.
    :raises: what a report or a file is refused for; nothing is kept then.
    """
    if not content:
        raise PaperMissing
    row = _on_the_desk(waiting_id, "claims.register", access)
    people_operations.take_consent(
        party_id=row.subject_id, purpose="HEALTH_DATA", text_version=text_version, channel="PAPER",
        actor=actor, at=at,
    )  # fmt: skip
    claim_id = file_report(row, basis="PAPER", actor=actor, at=at)
    documents.take_in(
        about=Ref("claim", claim_id), party_id=row.claimant_id, kind="OTHER", filename=filename,
        content=content, actor=actor, at=at,
    )  # fmt: skip
    return claim_id


@tx.use_case
def file_without_consent(
    *, waiting_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    The insured cannot say whether they agree (unconscious, no guardian yet): file the report all the same;
    the claim's id. Only people look at that claim (个保法 13 第一款第四项; 24).

    Two people: whoever reported does not decide it.

    :raises NotAllowed: without ``claims.review`` there. :raises NotForOneself: the reporter.
    :raises WaitingReportOver: it does not wait any more; a refusal is a word. :raises ReasonMissing: none.
    """
    row = _on_the_desk(waiting_id, "claims.review", access)
    if row.state != WAITING:
        raise WaitingReportOver
    if str(actor) == row.reported_by:
        raise NotForOneself
    why = need_reason(reason, what=_("无法表示同意的情况和依据"), least=10)[:500]
    return file_report(row, basis="UNABLE", reason=why, actor=actor, at=at)


@tx.use_case
def end_waiting_report(
    *, waiting_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A person decides that nothing comes of it; customer and reporter are told, the loss may be reported again.

    :raises NotAllowed: without ``claims.register``. :raises WaitingReportOver: answered meanwhile.
    :raises ReasonMissing: none.
    """
    row = _on_the_desk(waiting_id, "claims.register", access)
    end(row, reason=need_reason(reason), by_reporter=False, actor=actor, at=at)


_DUE = """
    select id from claims_waitingreport
     where state = 'WAITING' and look_at <= %(at)s::timestamptz and id > %(after)s::bigint
     order by id limit %(most)s::int
       for update skip locked
"""


@tx.use_case
def look_after_waiting_reports(*, at: datetime, after: int = 0, limit: int = 200) -> journal.Page:
    """
    Remind who has not answered, and give what waited too long to a person to decide: a page.

    Nothing ends by itself: a report is given up by a person only.
    """
    due_ids = [row[0] for row in tx.rows(_DUE, {"at": at, "after": after, "most": limit})]
    for row in WaitingReport.objects.filter(pk__in=due_ids).order_by("pk"):
        if day_of(at) < row.decide_on:
            _remind(row, actor=SYSTEM, at=at)
        else:
            _give_to_a_person(row, at)
    return journal.Page(len(due_ids), due_ids[-1] if len(due_ids) == limit else 0)


def _remind(row: WaitingReport, *, actor: Ref, at: datetime) -> None:
    row.reminders += 1
    if row.overdue_at is None:
        row.look_at = min(next_look(at), _morning_of(row.decide_on))
    row.save(update_fields=["reminders", "look_at"])
    journal.record(
        events.WaitingReportReminded(reminder=row.reminders),
        about=row.ref, actor=actor, at=at, party=row.claimant_id,
    )  # fmt: skip
    ask(row, "claims.consent_reminder", at=at)


def _give_to_a_person(row: WaitingReport, at: datetime) -> None:
    row.overdue_at, row.look_at = at, None
    row.save(update_fields=["overdue_at", "look_at"])
    journal.record(
        events.WaitingReportOverdue(office_id=row.office_id),
        about=row.ref, actor=SYSTEM, at=at, party=row.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.subject_id, priority=20,
        title="客户一直没有答复：请决定怎么办（电话、上门、柜面签字或结束）",
        due_at=due(promises.SPOKEN, office_id=row.office_id, at=at),
    )  # fmt: skip


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
