"""A person looks at it: accepts, asks once for what is missing, approves or refuses with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.documents import operations as documents_operations
from yilu.documents import queries as documents
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.payments import queries as paid
from yilu.people.queries import Access
from yilu.servicing import events
from yilu.servicing.models import Request
from yilu.servicing.operations.effecting import COLLECT, collect, take_effect
from yilu.servicing.operations.holding import (
    By,
    case_of,
    hold,
    kind_of,
    move,
    quote_from,
    require_state,
    say,
)
from yilu.servicing.operations.quoting import day_bound, make_quote
from yilu.servicing.operations.refusals import (
    AskedAlready,
    NotAllAgreed,
    NotPossibleNow,
    OnlyAPersonRefuses,
    OwnRequest,
    QuoteChanged,
    ReasonsMissing,
)
from yilu.servicing.rules.standing import DRAFT, IN_REVIEW, PREPARED, REFUSED
from yilu.work import operations as work

ITEMS_MAX, TITLE_MAX, REASON_MIN, REASON_MAX = 20, 80, 5, 500


@tx.use_case
def accept_request(*, request_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take it in hand: its papers are complete (受理). Twice is once.

    :raises NotPossibleNow: it is not with us for review.
    """
    row = hold(request_id, actor, access)
    require_state(row, IN_REVIEW)
    if row.accepted_at is None:
        _accept(row, actor, at)
        row.save()


@tx.use_case
def ask_papers(
    *, request_id: int, missing: Sequence[str], note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Tell the customer everything that is missing, once (一次性告知; 服务规定 19).

    The clock stands still from the notice's arrival until the papers come; that of a reinstatement does
    not (解释三 8): it has to be refused or agreed to within its thirty days.

    :raises AskedAlready: it was asked before; a second time needs ``servicing.approve`` and a reason.
    :raises Invalid: nothing named, or too much.
    """
    items = [" ".join(each.split()) for each in missing if each.strip()]
    if not items or len(items) > ITEMS_MAX or any(len(each) > TITLE_MAX for each in items):
        raise Invalid(_("请写明缺少的资料，每项不超过 80 字"))
    row = hold(request_id, actor, access)
    require_state(row, IN_REVIEW)
    if row.missing_at is not None and (
        not access.may("servicing.approve", office_id=row.office_id)
        or len(note.strip()) < REASON_MIN
    ):
        raise AskedAlready
    row.missing, row.missing_at, row.missing_arrived_at, row.papers_at = items, at, None, None
    row.save()
    say(row, events.PapersAsked(request=row.kind, items=len(items)), actor=actor, at=at)
    kind = kind_of(row.kind)
    messaging.queue(
        "servicing.papers_asked", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name, "items": "、".join(items)},
        copy_agent=True,
    )  # fmt: skip
    work.close_items(about=row.ref, at=at, outcome="WAITING")


@tx.step
def notice_arrived(*, row: Request, proof: str, at: datetime) -> None:
    """The notice of what is missing reached the customer. Twice is once; saves the row."""
    if row.missing_at is None or row.missing_arrived_at is not None or row.papers_at is not None:
        return
    row.missing_arrived_at = at
    row.save(update_fields=["missing_arrived_at"])
    fact = events.PapersNoticeArrived(notice_id=row.pk, proof=proof[:120])
    say(row, fact, actor=Ref("party", row.party_id), at=at)


@tx.use_case
def add_papers(
    *, request_id: int, filename: str, content: bytes, actor: Ref, at: datetime, by: By = None,
    kind: str = "OTHER", last: bool = True, receipt: documents_operations.Receipt | None = None,
) -> int:  # fmt: skip
    """
    Hand in a paper (交资料); the upload's id. With ``last`` what was missing is there.

    A colleague or an agent (``by``) says by ``receipt`` on which earlier day the paper came (收到日).

    :raises NotPossibleNow: it has ended. :raises: what documents refuses of a bad file or day.
    """
    row = hold(request_id, actor, by)
    require_state(row, DRAFT, PREPARED, "CONFIRMED", IN_REVIEW)
    came = None
    if by is not None:
        began = row.received_on or (day_of(row.confirmed_at) if row.confirmed_at else None)
        came = documents_operations.checked_receipt(receipt, not_before=began, at=at)
    upload_id = documents_operations.take_in(
        about=row.ref, party_id=row.party_id, kind=kind, filename=filename, content=content,
        actor=actor, at=at, receipt=came,
    )  # fmt: skip
    if last and row.state == IN_REVIEW and row.missing_at is not None and row.papers_at is None:
        row.papers_at = at
        row.save(update_fields=["papers_at"])
        fact = events.PapersReceived(
            notice_id=row.pk, proof=f"upload:{upload_id}", complete=True,
            received_on="" if came is None else came.on.isoformat(),
            accepted=row.accepted_at is not None,
        )  # fmt: skip
        say(row, fact, actor=actor, at=at)
        work.open_item(
            "servicing.review", about=row.ref, office_id=row.office_id, at=at,
            title=f"{kind_of(row.kind).name} {row.number}", amount=row.amount or None,
            party_id=row.party_id,
        )  # fmt: skip
    return upload_id


@tx.use_case
def approve_request(
    *, request_id: int, digest: str, access: Access, actor: Ref, at: datetime, instead: str = ""
) -> str:
    """
    Approve what the customer confirmed (审批通过); it takes effect now, or once the money is here.

    ``instead`` names the judgment or notarial deed that stands in for an heir who did not agree.

    :raises NotAllowed: without the right over the office and the amount. :raises OwnRequest: whoever
        prepared it. :raises QuoteChanged: the sums are no longer what the customer confirmed.
    :raises NotAllAgreed: somebody who must agree has not, and no deed stands in for them.
    """
    row = hold(request_id, actor, access)
    access.require("servicing.approve", office_id=row.office_id, amount=row.amount)
    require_state(row, IN_REVIEW)
    _require_agreed(row, " ".join(instead.split()), actor, at)
    if row.digest != digest:
        raise QuoteChanged
    if row.prepared_by == str(actor):
        raise OwnRequest
    kind = kind_of(row.kind)
    quote = quote_from(row.quote or {})
    if row.collected_at is None:
        # What was confirmed binds us as long as it is still right in sums; the day moves on.
        fresh, case = make_quote(row, kind, at, as_of=day_bound(quote))
        if (fresh.quote.pays_customer, fresh.quote.collects) != (
            quote.pays_customer,
            quote.collects,
        ):
            raise QuoteChanged
        quote = fresh.quote
    else:
        case = case_of(row, kind, day_of(at), verified=row.verified_at is not None)
    if row.accepted_at is None:
        _accept(row, actor, at)
    row.decided_by, row.decided_at = str(actor), at
    say(row, events.RequestApproved(request=row.kind, amount=str(row.amount)), actor=actor, at=at)
    if quote.collects > 0 and row.collected_at is None:
        collect(row, kind, quote, actor=actor, at=at)
        work.close_items(about=row.ref, at=at)
    else:
        take_effect(row, kind, case, quote, actor=actor, at=at)
    return row.state


@tx.use_case
def refuse_request(
    *, request_id: int, reasons: Sequence[str], access: Access, actor: Ref, at: datetime
) -> None:
    """
    Refuse, with reasons that go into a letter (不予办理); what was collected goes back the way it came.

    Only a person does this. Twice is once.

    :raises ReasonsMissing: without a reason somebody can understand. :raises OnlyAPersonRefuses: see there.
    """
    told = [each.strip() for each in reasons if each.strip()]
    if not told or any(not REASON_MIN <= len(each) <= REASON_MAX for each in told):
        raise ReasonsMissing
    if actor.kind != "staff":
        raise OnlyAPersonRefuses
    row = hold(request_id, actor, access)
    access.require("servicing.approve", office_id=row.office_id)
    if row.state == REFUSED:
        return
    require_state(row, IN_REVIEW)
    if row.applied_at is not None:
        raise NotPossibleNow
    kind = kind_of(row.kind)
    move(row, REFUSED)
    row.reasons, row.decided_by, row.decided_at, row.ended_at = told, str(actor), at, at
    row.save()
    say(row, events.RequestRefused(request=row.kind, reasons=len(told)), actor=actor, at=at)
    work.close_items(about=row.ref, at=at)
    _give_back(row, actor, at)
    letters.issue(
        kind="NOT_DONE", about=row.ref, party_id=row.party_id, actor=actor, at=at,
        facts={
            "request": row.number or "", "kind": kind.name, "decided_on": day_of(at).isoformat(),
            "reasons": told,
        },
    )  # fmt: skip
    messaging.queue(
        "servicing.refused", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name},
    )  # fmt: skip


@tx.use_case
def explain_delay(*, request_id: int, words: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Tell the customer why it takes longer than promised (服务规定 20).

    :raises ReasonsMissing: without words. :raises NotPossibleNow: it has ended.
    """
    words = words.strip()
    if not REASON_MIN <= len(words) <= 300:
        raise ReasonsMissing
    row = hold(request_id, actor, access)
    require_state(row, "CONFIRMED", IN_REVIEW, "WAITING_MONEY")
    row.delay = words
    row.save(update_fields=["delay"])
    say(row, events.DelayExplained(request=row.kind), actor=actor, at=at)
    messaging.queue(
        "servicing.delayed", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind_of(row.kind).name, "words": words},
    )  # fmt: skip


def _accept(row: Request, actor: Ref, at: datetime) -> None:
    row.accepted_at = at
    fact = events.RequestAccepted(request=row.kind, complete=row.missing_at is None)
    say(row, fact, actor=actor, at=at)


def _require_agreed(row: Request, instead: str, actor: Ref, at: datetime) -> None:
    """
    Nobody's agreement is missing, or a deed stands in for an heir's; the insured's has no substitute.

    :raises NotAllAgreed: otherwise.
    """
    if row.second in ("", Request.Second.AGREED):
        return
    missing = row.agreements.exclude(answer="AGREED")
    by_deed = REASON_MIN <= len(instead) <= 300 and bool(documents.list_uploads(row.ref))
    if not by_deed or missing.filter(role="INSURED").exists():
        raise NotAllAgreed
    row.instead = instead
    fact = events.AgreementsReplaced(request=row.kind, people=missing.count())
    say(row, fact, actor=actor, at=at)


def _give_back(row: Request, actor: Ref, at: datetime) -> None:
    if row.collected_at is None:
        return
    found = paid.find_collection(f"{row.ref}:{COLLECT}")
    if found is not None:
        payments.refund_collection(
            collection_id=found.id, amount=row.collects, key=f"{row.ref}:back", actor=actor, at=at
        )
