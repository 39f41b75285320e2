"""Between taking a complaint and deciding it: words, tiers, periods, stepping aside."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.complaints import events
from yilu.complaints.models import Complaint, OutsideView
from yilu.complaints.rules import handling as rules
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.work import operations as work

from .holding import hold, hold_own, hold_though_concerned, keep_word, move, require_state, say
from .receiving import QUEUE, URGENT, WORDS_MAX, least_burdened
from .refusals import BadComplaint, NotNow, SameEyes, StepAside, UrgedToday

FIRST_CALL = "pledge.complaint_first_call"
TALKED = frozenset({"CALL", "MEETING"})
"""What ends the promise of the first call (``obligations/catalogue/complaints.toml``)."""


@tx.use_case
def note_word(
    *, complaint_id: int, kind: str, text: str, proof: str = "", access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Keep what was said or done, with its proof: the call's number, the message's, the minutes (21).

    :raises ComplaintNotFound, StepAside: see there. :raises BadComplaint: no words, no such kind.
    """
    row = hold(complaint_id, access)
    if kind not in rules.NOTED or not 0 < len(text.strip()) <= WORDS_MAX or len(proof) > 120:
        raise BadComplaint(_("请选择方式并写明内容"))
    word = keep_word(row, kind=kind, text=text.strip(), proof=proof.strip(), actor=actor, at=at)
    say(row, events.WordNoted(word_id=word.pk, kind=kind), actor=actor, at=at)
    if kind in TALKED and row.state == rules.OPEN:
        _expect_answer(row, at)
    return word.pk


def _expect_answer(row: Complaint, at: datetime) -> None:
    """They were spoken with: the owner's item is due when the answer is, and not a day after it came in."""
    clocks = obligations.list_clocks(row.ref, at)
    due = [c.due_at for c in clocks if c.code != FIRST_CALL and c.state in ("RUNNING", "BREACHED")]
    if due:
        work.set_due(QUEUE, about=row.ref, due_at=min(due))


@tx.use_case
def add_facts(
    *, complaint_id: int, words: str, access: Access | None = None, actor: Ref, at: datetime
) -> None:
    """
    New facts and grounds while it is open: the period begins anew (18); a supplement without them is a word.

    :raises NotNow: it is answered. :raises BadComplaint: no words.
    """
    row = hold_own(complaint_id, actor) if access is None else hold(complaint_id, access)
    require_state(row, rules.OPEN)
    if not 4 <= len(words.strip()) <= WORDS_MAX:
        raise BadComplaint(_("请写明新的事实和理由"))
    keep_word(row, kind="SAID", text=words.strip(), proof="", actor=actor, at=at)
    row.spell += 1
    row.counted_from, row.complex_by, row.extended_by = at, "", ""
    row.save()
    say(row, events.NewFacts(spell=row.spell), actor=actor, at=at)
    messaging.queue(
        "complaints.new_facts", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"number": str(row.number)},
    )  # fmt: skip


@tx.use_case
def urge(*, complaint_id: int, actor: Ref, at: datetime) -> int:
    """
    The complainant asks to be answered sooner: the owner's item comes to the top, from the second time
    on the lead's as well. How many times it was.

    :raises NotNow: it is answered. :raises UrgedToday: on one day of China once.
    """
    row = hold_own(complaint_id, actor)
    require_state(row, rules.OPEN)
    urged = list(row.said.filter(kind="URGED").values_list("written_at", flat=True))
    if any(day_of(before) == day_of(at) for before in urged):
        raise UrgedToday
    times = len(urged) + 1
    keep_word(row, kind="URGED", text=str(_("请尽快处理")), proof="", actor=actor, at=at)
    say(row, events.ComplaintUrged(times=times), actor=actor, at=at)
    work.press_item(QUEUE, about=row.ref, at=at, priority=URGENT, due_at=at)
    if times >= standards.whole_figure("complaints.urges_to_lead", at):
        work.open_item(
            "complaints.late", about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
            title=f"投诉人第{times}次催办：{rules.REASONS[row.reason]}", priority=URGENT,
        )  # fmt: skip
    return times


@tx.use_case
def change_owner(
    *, complaint_id: int, staff_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Let somebody else answer for it: who leads the institution says so, and why.

    :raises BadComplaint: no reason, or somebody without the right. :raises StepAside: they are concerned.
    """
    row = hold(complaint_id, access, "complaints.decide")
    require_state(row, rules.OPEN)
    if not reason.strip():
        raise BadComplaint(_("请写明更换首问责任人的原因"))
    if rules.is_interested(staff_id, row.against):
        raise StepAside
    if staff_id not in dict(people.list_colleagues(row.office_id, "complaints.handle")):
        raise BadComplaint(_("该同事没有办理投诉的权限"))
    hand_to(row, staff_id, reason.strip(), False, actor, at)


@tx.use_case
def name_concerned(
    *, complaint_id: int, staff_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that a colleague is concerned and steps aside (17); if they answered for it, another one does.

    Anybody who may handle complaints there may say so, also about themselves.
    """
    row = hold_though_concerned(complaint_id, access, "complaints.handle")
    require_state(row, rules.OPEN, rules.REVIEWING)
    if staff_id in row.against:
        return
    row.against = sorted({*row.against, staff_id})
    if row.owner_id == staff_id:
        hand_to(row, least_burdened(row.office_id, row.against), str(_("回避")), True, actor, at)
    else:
        row.save()
        keep_word(row, kind="INQUIRY", text=str(_("认定须回避")), proof="", actor=actor, at=at)


@tx.step
def hand_to(
    row: Complaint, staff_id: int, why: str, avoided: bool, actor: Ref, at: datetime
) -> None:
    """Somebody else answers for a case under its lock: the log says why, the complainant is told."""
    row.owner_id = staff_id
    row.save()
    keep_word(row, kind="INQUIRY", text=why, proof="", actor=actor, at=at)
    say(row, events.OwnerChanged(owner_id=staff_id, avoided=avoided), actor=actor, at=at)
    if row.state == rules.OPEN:
        _give_item(row, staff_id, at)
    messaging.queue(
        "complaints.owner_changed", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"number": str(row.number), "owner": people.get_staff(staff_id).name},
    )  # fmt: skip


def _give_item(row: Complaint, staff_id: int, at: datetime) -> None:
    work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="HANDED_ON")
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
        title=f"投诉：{rules.BUSINESSES[row.business]} · {rules.REASONS[row.reason]}",
        staff_id=staff_id, priority=URGENT,
    )  # fmt: skip


@tx.use_case
def escalate(*, complaint_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> int:
    """
    Hand the decision to the next tier (三道分级); who answers for it stays. Returns the tier.

    :raises NotNow: answered already, or no tier above. :raises BadComplaint: no reason.
    """
    row = hold(complaint_id, access)
    require_state(row, rules.OPEN)
    if not reason.strip():
        raise BadComplaint(_("请写明升级的原因"))
    raise_tier(row, actor, at)
    keep_word(row, kind="INQUIRY", text=reason.strip(), proof="", actor=actor, at=at)
    return row.tier


@tx.step
def raise_tier(row: Complaint, actor: Ref, at: datetime) -> None:
    """The next tier decides now. :raises NotNow: there is none above."""
    if row.tier >= max(rules.TIERS):
        raise NotNow(hint=_("争议投诉岗是最高层级，请作出决定或建议第三方调解。"))
    row.tier += 1
    row.save()
    say(row, events.ComplaintEscalated(tier=row.tier, round=row.round), actor=actor, at=at)
    work.open_item(
        f"complaints.tier{row.tier}", about=row.ref, office_id=row.office_id, at=at,
        party_id=row.party_id, priority=URGENT,
        title=f"投诉升级（{rules.TIERS[row.tier]}）：{rules.REASONS[row.reason]}",
    )  # fmt: skip


@tx.use_case
def find_complex(
    *, complaint_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that it is complex: thirty days instead of fifteen, and the complainant hears why (18).

    By who leads the institution. Twice is once.
    """
    row = hold(complaint_id, access, "complaints.decide")
    require_state(row, rules.OPEN)
    if row.complex_by:
        return
    _lengthen(row, reason, actor, at, "complex_by")
    since = day_of(row.counted_from).isoformat()
    say(row, events.FoundComplex(since=since, spell=row.spell), actor=actor, at=at)


@tx.use_case
def extend(*, complaint_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Thirty days more for an especially complex one, approved by a superior (18), told with its reason.

    :raises NotNow: it was not found complex before. :raises SameEyes: who found it complex approves
        nothing longer.
    """
    row = hold(complaint_id, access, "complaints.review")
    require_state(row, rules.OPEN)
    if row.extended_by:
        return
    if not row.complex_by:
        raise NotNow(hint=_("须先认定情况复杂（三十日），仍不能办结的才能再延长。"))
    if row.complex_by == str(actor):
        raise SameEyes
    _lengthen(row, reason, actor, at, "extended_by")
    since = day_of(row.counted_from).isoformat()
    say(row, events.PeriodExtended(since=since, spell=row.spell), actor=actor, at=at)


def _lengthen(row: Complaint, reason: str, actor: Ref, at: datetime, field: str) -> None:
    if not 4 <= len(reason.strip()) <= 300:
        raise BadComplaint(_("请写明延长的理由，会告知投诉人"))
    setattr(row, field, str(actor))
    row.save()
    keep_word(row, kind="MESSAGE", text=reason.strip(), proof="", actor=actor, at=at)
    messaging.queue(
        "complaints.longer", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={
            "number": str(row.number), "days": "30" if field == "complex_by" else "60",
            "reason": reason.strip(),
        },
    )  # fmt: skip


@tx.use_case
def ask_outside(
    *, complaint_id: int, kind: str, body: str, proof: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Ask for an appraisal or mediation outside; its time does not count, the complainant is told (18).

    ``proof`` is how they were told: without it no clock stands still.

    :raises BadComplaint: no body or proof. :raises NotNow: answered, or one is under way.
    """
    row = hold(complaint_id, access, "complaints.decide")
    require_state(row, rules.OPEN)
    body, proof = body.strip(), proof.strip()
    if kind not in rules.OUTSIDE or not 0 < len(body) <= 80 or not 0 < len(proof) <= 120:
        raise BadComplaint(_("请填写机构，以及告知投诉人的凭证"))
    try:
        with tx.savepoint():
            view = OutsideView.objects.create(
                complaint=row, kind=kind, body=body, asked_at=at, told_proof=proof
            )
    except IntegrityError:
        raise NotNow(hint=_("已有一项外部鉴定或调解在进行。")) from None
    say(row, events.OutsideViewAsked(view_id=view.pk, kind=kind, proof=proof), actor=actor, at=at)
    return view.pk


@tx.use_case
def end_outside(
    *, complaint_id: int, result: str, access: Access, actor: Ref, at: datetime
) -> None:
    """What they said is here; the period goes on. :raises NotNow: none is under way."""
    row = hold(complaint_id, access, "complaints.decide")
    view = OutsideView.objects.filter(complaint=row, received_at=None).first()
    if view is None:
        raise NotNow(hint=_("没有进行中的外部鉴定或调解。"))
    if not 0 < len(result.strip()) <= 300:
        raise BadComplaint(_("请写明外部鉴定或调解的结论"))
    view.received_at, view.result = at, result.strip()
    view.save()
    say(
        row, events.OutsideViewReceived(view_id=view.pk, proof=view.result[:120]), actor=actor,
        at=at,
    )  # fmt: skip


@tx.use_case
def withdraw(*, complaint_id: int, actor: Ref, at: datetime) -> None:
    """The complainant takes it back: it ends the same day (15). Twice is once."""
    row = hold_own(complaint_id, actor)
    if row.state == rules.WITHDRAWN:
        return
    move(row, rules.WITHDRAWN)
    row.ended_at = at
    row.save()
    say(row, events.ComplaintWithdrawn(), actor=actor, at=at)
    work.close_items(about=row.ref, at=at, outcome="WITHDRAWN")
