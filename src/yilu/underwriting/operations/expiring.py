"""What nobody went on with: told of in time, ended, and forgotten (投保申请的失效与删除)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.underwriting import events
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application, NoticeConfirmation
from yilu.underwriting.rules.lifecycle import State
from yilu.work import operations as work

from .holding import say_family_moved, write
from .paying import stop_collecting
from .talking import drop_talk

AT_ONCE = 100


@tx.use_case
def remind_of_drafts(*, at: datetime, limit: int = AT_ONCE) -> int:
    """
    Tell customers of half-filled applications that soon run out; how many. Each is told once.

    Only what the customer themselves began or went on with: an agent's preparation was told already.
    """
    soon = list(
        Application.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            state="DRAFT", reminded_at=None, expires_at__gt=at,
            expires_at__lte=at + timedelta(days=keeping().remind_days),
        )
        .order_by("expires_at", "pk")[:limit]
    )  # fmt: skip
    for application in soon:
        application.reminded_at = at
        application.save(update_fields=["reminded_at"])
        messaging.queue(
            "underwriting.draft_ends", to=Ref("party", application.holder_id), about=application.ref,
            at=at, facts={"number": application.number, "until": application.expires_at.isoformat()},
        )  # fmt: skip
        journal.record(
            events.DraftEndingTold(until=application.expires_at.isoformat()),
            about=application.ref, actor=SYSTEM, at=at, party=application.holder_id,
        )  # fmt: skip
    return len(soon)


@tx.use_case
def expire_applications(*, at: datetime, after: int = 0, limit: int = AT_ONCE) -> journal.Page:
    """End what nobody went on with in time, a page of them by id. Running twice ends each once."""
    over = list(
        Application.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            pk__gt=after, expires_at__lte=at,
            state__in=["DRAFT", "OFFERED", "EXAMINATION", "ACCEPTED", "AWAITING_PAYMENT"],
        )
        # Who is accepted and waits for the family's others does not run out of time by our taking it.
        .exclude(state="ACCEPTED", family__isnull=False)
        .order_by("pk")[:limit]
    )  # fmt: skip
    ended = 0
    for application in over:
        if application.collection_id and not stop_collecting(application, actor=SYSTEM, at=at):
            continue  # money is under way: its end will be heard
        was = application.state
        write(application, at, state=State.EXPIRED.value, ended_at=at)
        work.close_items(about=application.ref, at=at, outcome="CANCELLED")
        drop_talk(application)
        journal.record(
            events.ApplicationExpired(was=was),
            about=application.ref, actor=SYSTEM, at=at, party=application.holder_id,
        )  # fmt: skip
        messaging.queue(
            "underwriting.draft_expired" if was == State.DRAFT else "underwriting.expired",
            to=Ref("party", application.holder_id), about=application.ref, at=at,
            facts={"number": application.number},
        )  # fmt: skip
        say_family_moved(application, at=at)
        ended += 1
    return journal.Page(ended, over[-1].pk if over else 0)


@tx.use_case
def forget_unfinished(*, at: datetime, limit: int = AT_ONCE) -> int:
    """
    Forget what was told in applications that ended without ever being submitted (个保法 19, 47).

    Answers, means, what the platform said, half-filled forms and confirmations go; that somebody began,
    for which product and how it ended stays.
    """
    before = at - timedelta(days=keeping().forget_days)
    over = list(
        Application.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            submitted_at=None, forgotten_at=None, state__in=["WITHDRAWN", "EXPIRED"],
            ended_at__lte=before,
        )
        .order_by("ended_at", "pk")[:limit]
    )  # fmt: skip
    NoticeConfirmation.objects.filter(application__in=over).delete()
    for application in over:
        write(
            application, at, answers={}, questionnaire="", draft={}, suitability={}, medical={},
            beneficiaries=[], forgotten_at=at,
        )  # fmt: skip
        journal.record(
            events.AnswersForgotten(),
            about=application.ref, actor=SYSTEM, at=at, party=application.holder_id,
        )  # fmt: skip
    tx.changed(
        """
        update underwriting_applicationevent
           set answers = '{}', suitability = '{}', medical = '{}', beneficiaries = '[]'
         where pgh_obj_id = any(%s::bigint[])
        """,
        [[application.pk for application in over]],
    )
    return len(over)
