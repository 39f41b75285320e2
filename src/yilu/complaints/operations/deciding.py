"""Answer a complaint; the second round; the review; where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.complaints import events
from yilu.complaints.limits import limits_of_tiers
from yilu.complaints.models import Complaint, ComplaintReview
from yilu.complaints.rules import handling as rules
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.money import yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

from .handling import raise_tier
from .holding import FINDINGS, REVIEW, REVIEWED, hold, hold_own, keep_word, move, require_state, say
from .receiving import QUEUE, URGENT, WORDS_MAX
from .refusals import AboveTier, BadComplaint, NotNow, ReviewTooLate, SameEyes

TEXT_MAX = 2000
_SAID = {True: "YES", False: "NO", None: "UNSAID"}


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a person decided about a complaint: findings, the basis, what is done about it (19).

    ``amount`` makes good, in yuan; it is paid to ``account_id``, the complainant's own.
    """

    outcome: str
    findings: str
    basis: str
    measures: str
    amount: Decimal = Decimal("0.00")
    account_id: int | None = None


@tx.use_case
def decide(*, complaint_id: int, answer: Answer, access: Access, actor: Ref, at: datetime) -> int:
    """
    Answer a complaint: always a person, with findings, basis and remedies in a letter. The letter's id.

    :raises BadComplaint: something of the answer is missing. :raises AboveTier: more than this tier
        may give. :raises NotAllowed: without the tier's right, or beyond one's own authority.
    :raises NotTheirAccount: the account is not the complainant's own. :raises SameEyes: the second
        round is not answered by whoever gave the first answer.
    """
    row = hold(complaint_id, access)
    require_state(row, rules.OPEN)
    if row.round == 2 and row.decided_by == str(actor):
        raise SameEyes
    amount = _check(answer)
    if rules.tier_for(amount, row.tier, limits_of_tiers(at)) != row.tier:
        raise AboveTier
    right = rules.RIGHT_OF_TIER[row.tier]
    access.require(right, office_id=row.office_id, amount=amount or None)
    move(row, rules.DECIDED)
    row.outcome, row.measures, row.amount = answer.outcome, answer.measures.strip(), amount
    row.findings = sealing.seal(f"{answer.findings.strip()}\n{answer.basis.strip()}", FINDINGS)
    row.decided_by, row.decided_at, row.told_on, row.content = str(actor), at, None, None
    row.save()
    if amount:
        assert answer.account_id is not None
        payments.request_payout(
            about=row.ref, to_party=row.party_id, account_id=answer.account_id, amount=amount,
            purpose="COMPLAINT", key=f"answer-{row.round}", at=at, actor=actor,
        )  # fmt: skip
    letter_id = letters.issue(
        kind="COMPLAINT", about=row.ref, party_id=row.party_id, actor=actor, at=at,
        facts=_told(row, answer, at),
    )  # fmt: skip
    say(
        row,
        events.ComplaintDecided(
            outcome=row.outcome, tier=row.tier, round=row.round, amount=str(amount)
        ),
        actor=actor, at=at,
    )  # fmt: skip
    work.close_items(about=row.ref, at=at, outcome=row.outcome)
    messaging.queue(
        "complaints.answered", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"number": str(row.number), "outcome": rules.OUTCOMES[row.outcome]},
    )  # fmt: skip
    return letter_id


def _check(answer: Answer) -> Decimal:
    if answer.outcome not in rules.OUTCOMES:
        raise BadComplaint(_("请选择投诉是否成立"))
    for text in (answer.findings, answer.basis, answer.measures):
        if not 4 <= len(text.strip()) <= TEXT_MAX:
            raise BadComplaint(_("请写明核实的情况、依据和处理措施"))
    amount = yuan(answer.amount)
    if amount < 0 or amount != answer.amount:
        raise BadComplaint(_("补偿金额有误"))
    if amount and answer.account_id is None:
        raise BadComplaint(_("请选择投诉人本人的收款账户"))
    return amount


def _told(row: Complaint, answer: Answer, at: datetime) -> dict[str, object]:
    told: dict[str, object] = {
        "number": str(row.number), "received_on": day_of(row.received_at).isoformat(),
        "decided_on": day_of(at).isoformat(), "business": rules.BUSINESSES[row.business],
        "outcome": rules.OUTCOMES[row.outcome], "findings": _lines(answer.findings),
        "basis": _lines(answer.basis), "measures": _lines(answer.measures),
    }  # fmt: skip
    if row.amount:
        told["amount"] = str(row.amount)
    if row.about_label:
        told["about"] = row.about_label
    return told


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@tx.step
def note_told(*, complaint_id: int, on: date, actor: Ref, at: datetime) -> None:
    """The decision arrived: the thirty days for a review run from here. Only the first arrival counts."""
    row = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None or row.told_on is not None or row.decided_at is None:
        return
    row.told_on = on
    row.save(update_fields=["told_on"])
    say(row, events.DecisionTold(on=on.isoformat()), actor=actor, at=at)


@tx.use_case
def say_content(
    *, complaint_id: int, content: bool, words: str = "", actor: Ref, at: datetime
) -> None:
    """
    The complainant says whether the answer will do.

    Content: it is closed. Not content with the first answer: the second round, one tier up, by
    somebody for such cases. Not content with the second: they may ask for the review.

    :raises NotNow: there is no answer yet, or it was said.
    """
    row = hold_own(complaint_id, actor)
    require_state(row, rules.DECIDED)
    if row.content is not None:
        raise NotNow
    if len(words) > WORDS_MAX:
        raise BadComplaint
    row.content = content
    if words.strip():
        keep_word(row, kind="SAID", text=words.strip(), proof="", actor=actor, at=at)
    say(row, events.SatisfactionSaid(content=content), actor=actor, at=at)
    if content:
        close(row, actor, at)
    elif row.round == 1 and row.tier < max(rules.TIERS):
        move(row, rules.OPEN)
        row.round, row.spell, row.counted_from = 2, row.spell + 1, at
        row.complex_by = row.extended_by = ""
        row.save()
        say(row, events.NewFacts(spell=row.spell), actor=actor, at=at)
        raise_tier(row, actor, at)
        work.open_item(
            QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
            title=f"投诉第二轮：{rules.REASONS[row.reason]}", staff_id=row.owner_id, priority=URGENT,
        )  # fmt: skip
        messaging.queue(
            "complaints.second_round", to=Ref("party", row.party_id), about=row.ref, at=at,
            facts={"number": str(row.number), "owner": people.get_staff(row.owner_id).name},
        )  # fmt: skip
    else:
        row.save()


@tx.step
def close(row: Complaint, actor: Ref, at: datetime) -> None:
    """Nothing more is to be done."""
    move(row, rules.CLOSED)
    row.ended_at = at
    row.save()
    say(row, events.ComplaintClosed(content=_SAID[row.content]), actor=actor, at=at)
    work.close_items(about=row.ref, at=at, outcome="CLOSED")


@tx.use_case
def ask_review(*, complaint_id: int, words: str, actor: Ref, at: datetime) -> int:
    """
    The complainant asks that somebody else looks at the decision (20). Its id.

    :raises ReviewTooLate: more than thirty days after it arrived. :raises NotNow: nothing is
        decided. :raises BadComplaint: no reason.
    """
    row = hold_own(complaint_id, actor)
    if row.state == rules.DECIDED and not rules.review_open(row.told_on, day_of(at)):
        raise ReviewTooLate
    move(row, rules.REVIEWING)
    if not 4 <= len(words.strip()) <= WORDS_MAX:
        raise BadComplaint(_("请写明申请核查的理由"))
    row.save()
    review = ComplaintReview.objects.create(
        complaint=row, words=sealing.seal(words.strip(), REVIEW), asked_at=at
    )
    say(row, events.ReviewAsked(review_id=review.pk, office_id=row.office_id), actor=actor, at=at)
    work.open_item(
        "complaints.review", about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
        title=f"投诉核查：{row.number}", priority=URGENT,
    )  # fmt: skip
    return review.pk


@tx.use_case
def decide_review(
    *, complaint_id: int, changed: bool, findings: str, measures: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Answer the review: by somebody who neither decided nor answers for the case. The letter's id.

    :raises SameEyes: by who decided. :raises NotNow: none is asked for. :raises BadComplaint: no words.
    """
    row = hold(complaint_id, access, "complaints.review")
    require_state(row, rules.REVIEWING)
    if str(actor) == row.decided_by or access.staff_id == row.owner_id:
        raise SameEyes
    if not (4 <= len(findings.strip()) <= TEXT_MAX and 4 <= len(measures.strip()) <= TEXT_MAX):
        raise BadComplaint(_("请写明核查的情况和处理意见"))
    review = ComplaintReview.objects.select_for_update().get(complaint=row)
    review.changed, review.findings = changed, sealing.seal(findings.strip(), REVIEWED)
    review.decided_by, review.decided_at = str(actor), at
    review.save()
    say(row, events.ReviewDecided(review_id=review.pk, changed=changed), actor=actor, at=at)
    close(row, actor, at)
    messaging.queue(
        "complaints.reviewed", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"number": str(row.number)},
    )  # fmt: skip
    return letters.issue(
        kind="REVIEWED", about=row.ref, party_id=row.party_id, actor=actor, at=at,
        facts={
            "number": str(row.number), "asked_on": day_of(review.asked_at).isoformat(),
            "decided_on": day_of(at).isoformat(),
            "outcome": _("改变原处理决定") if changed else _("维持原处理决定"),
            "findings": _lines(findings), "measures": _lines(measures),
        },
    )  # fmt: skip


@tx.use_case
def name_cause(
    *, complaint_id: int, cause: str, words: str, common: bool, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say what made it possible (根源), once it is answered; ``common`` brings it to the ledger of problems.

    :raises NotNow: it is not answered. :raises BadComplaint: no such cause, or no words.
    """
    row = hold(complaint_id, access)
    require_state(row, rules.DECIDED, rules.REVIEWING, rules.CLOSED)
    if cause not in rules.CAUSES or not 0 < len(words.strip()) <= 300:
        raise BadComplaint(_("请选择根源并说明"))
    row.cause, row.cause_words, row.common = cause, words.strip(), common
    row.save()
    say(
        row,
        events.CauseNamed(
            office_id=row.office_id, business=row.business, cause=cause, common=common
        ),
        actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def close_answered(*, at: datetime, limit: int = 500) -> int:
    """Close what was answered, arrived and met no other word within the days for a review. How many."""
    day = day_of(at)
    rows = (
        Complaint.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=rules.DECIDED, told_on__lt=day - timedelta(days=rules.CONTENT_DAYS))
        .order_by("id")[:limit]
    )
    for row in rows:
        close(row, SYSTEM, at)
    return len(rows)
