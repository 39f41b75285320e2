"""Agree to changed conditions, hand in what was asked for, take back, run out of time."""

from __future__ import annotations

from datetime import date, datetime

from yilu.documents import operations as documents
from yilu.documents import queries as files
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.queries.papers import being_read, complete_on, missing_papers, needs_of
from yilu.underwriting.queries.shown import conditions_shown
from yilu.underwriting.rules.lifecycle import Action, State, possible
from yilu.work import operations as work

from .holding import hold, say_family_moved, write
from .paying import ask_premium, stop_collecting
from .refusals import NotPossibleNow, Unsigned
from .signing import unsigned
from .talking import drop_talk


class NotAskedFor(Invalid):
    """A paper nobody needs for this application."""

    code = "paper_not_asked_for"
    message = _("这份投保申请不需要这项资料")
    hint = _("请从所列的资料中选择。")


@tx.use_case
def agree_to_conditions(
    *, application_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> int:
    """
    Agree to what was offered (loading, exclusion), signed; the collection of the first premium, 0 where
    a family is asked for it together.

    Agreeing again is agreeing once.

    :raises Unsigned: exactly this offer is not signed. :raises NotPossibleNow: nothing is offered.
    """
    application = hold(application_id, actor=actor, access=access, action=Action.WITHDRAW, own=True)
    if application.state == State.AWAITING_PAYMENT and application.collection_id is not None:
        return int(application.collection_id)
    if application.state == State.ACCEPTED and application.agreed_at is not None:
        return 0
    if not possible(State(application.state), Action.AGREE):
        raise NotPossibleNow(State(application.state))
    if unsigned(application, "CONDITIONS", conditions_shown(application).digest):
        raise Unsigned
    write(application, at, agreed_at=at)
    assert application.decision_id is not None
    fact = events.ConditionsAgreed(
        decision_id=application.decision_id, premium=f"{application.total_premium:.2f}"
    )
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    if application.family_id is not None:  # the family's payments follow, by a reaction
        write(application, at, state=State.ACCEPTED.value)
        say_family_moved(application, at=at)
        return 0
    return ask_premium(application, at=at)


@tx.use_case
def hand_in_paper(
    *, application_id: int, paper: str, filename: str, content: bytes, actor: Ref, at: datetime,
    access: people.Access | None = None, receipt: documents.Receipt | None = None,
) -> int:  # fmt: skip
    """
    Take in a paper or an examination report, by its code; the upload's id.

    Once everything that was asked for is in, the application goes on: to a person where an
    examination was asked for, else decided again, as soon as an identity card among it is read. A colleague or an agent says by ``receipt`` on
    which earlier day the paper came (收到日); the time to decide runs from the day the last one was here.

    :raises NotAskedFor: none of what is needed; and the documents room's refusals for a bad file.
    :raises BadReceiptDay: a day that cannot be, or long ago without a reason.
    """
    application = hold(application_id, actor=actor, access=access, action=Action.WITHDRAW)
    need = next((n for n in needs_of(application) if n.code == paper), None)
    if need is None:
        raise NotAskedFor
    came = None
    if actor.kind in documents.ON_PAPER:
        began = day_of(application.started_at)
        came = documents.checked_receipt(receipt, not_before=began, at=at)
    upload_id = documents.take_in(
        about=application.ref, party_id=application.holder_id, kind=need.kind, filename=filename,
        content=content, actor=actor, at=at, receipt=came,
    )  # fmt: skip
    if upload_id in need.uploads:
        return upload_id
    papers = {**application.papers, paper: [*need.uploads, upload_id]}
    write(application, at, papers=papers)
    go_on_if_complete(application, actor, at)
    return upload_id


@tx.step
def go_on_if_complete(application: Application, actor: Ref, at: datetime) -> None:
    """Decide anew once everything that was asked for is in, and read where the machine reads it."""
    if application.state != State.EXAMINATION or missing_papers(application):
        return
    if not being_read(needs_of(application)):
        _go_on(application, actor, at)


def _go_on(application: Application, actor: Ref, at: datetime) -> None:
    from .again import decide_again, examined

    assert application.decision is not None
    on = _came_on(application, day_of(at))
    fact = events.PapersReceived(
        ordinal=application.decision.ordinal, received_on="" if on is None else on.isoformat(),
        examined=examined(application.decision.examinations),
    )  # fmt: skip
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    write(application, at, complete_at=_complete_at(application, on, at))
    decide_again(application, at=at)


def _came_on(application: Application, today: date) -> date | None:
    """
    The day on which everything was here, where somebody typed the last of it in later; never before
    the application itself was handed in, since nothing waited for us until then.
    """
    days = {upload.id: upload.received_on for upload in files.list_uploads(application.ref)}
    on = complete_on(needs_of(application), days)
    if on is None:
        return None
    if application.submitted_at is not None:
        on = max(on, day_of(application.submitted_at))
    return on if on < today else None


def _complete_at(application: Application, on: date | None, at: datetime) -> datetime:
    if on is None:
        return at
    first = documents.Receipt(on).from_when(at)
    return max(first, application.submitted_at) if application.submitted_at else first


@tx.use_case
def withdraw(
    *, application_id: int, actor: Ref, at: datetime, why: str = "", access: people.Access | None = None
) -> None:  # fmt: skip
    """
    Take an application back at any time before the policy is issued (撤回). Twice is once.

    What was not paid is not collected any more; money that is under way comes back.

    :raises NotPossibleNow: issued, declined or expired.
    """
    found = Application.objects.filter(pk=application_id).first()
    if (
        found is not None
        and found.state == State.WITHDRAWN
        and actor == Ref("party", found.holder_id)
    ):
        return
    application = hold(application_id, actor=actor, access=access, action=Action.WITHDRAW)
    was = application.state
    write(application, at, state=State.WITHDRAWN.value, ended_at=at, ended_why=why.strip()[:200])
    stop_collecting(application, actor=actor, at=at)
    work.close_items(about=application.ref, at=at, outcome="CANCELLED")
    drop_talk(application)
    journal.record(
        events.ApplicationWithdrawn(was=was),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip
    say_family_moved(application, at=at)
