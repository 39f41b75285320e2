"""Surveys after something was done: who is asked, by a link that works once, and the answer."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings

from yilu.contact import queries as contact
from yilu.journal import operations as journal
from yilu.journal import queries as happened
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.voice import catalogues, events
from yilu.voice.models import Feedback, Handling, Invitation, SurveyRule
from yilu.voice.refusals import BadRule, StaffNeverRate, SurveyOver
from yilu.voice.rules import sampling

from .handling import digest_of
from .taking import Said, Where, keep

COMPLAINT_KINDS = ("complaints.",)
"""What begins like this in the journal is a complaint."""
LATEST_WRITTEN = 5
"""How many of a person's last WeChat letters are looked at for words that cannot wait."""


@tx.step
def invite(
    *, touchpoint: str, party_id: int, about: Ref, at: datetime, staff_id: int | None = None
) -> str | None:
    """
    Ask a person how one thing went, if their lot and their peace allow it; the reason if not.

    The same person is asked about the same thing once for ever.
    """
    rule = _rule(touchpoint)
    lot = sampling.draw(touchpoint, party_id, str(about))
    if lot >= rule.share * 100 or not rule.enabled:
        return "NOT_DRAWN" if rule.enabled else "OFF"
    # Two things may end at once: the second waits until the first is written.
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended('voice.invite', %s::bigint))", [party_id]
    )
    reason = sampling.reason_not_to_ask(rule, _past(party_id, at), lot, at)
    if reason is not None:
        return reason
    token = secrets.token_urlsafe(18)
    made = Invitation.objects.bulk_create(
        [
            Invitation(
                token_digest=digest_of(token), touchpoint=touchpoint, journey=rule.journey,
                party_id=party_id, office_id=people.get_party(party_id).office_id, about=str(about),
                sent_at=at, expires_at=at + timedelta(days=rule.valid_days),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if not made or not Invitation.objects.filter(token_digest=digest_of(token)).exists():
        return "ASKED_LATELY"
    party = Ref("party", party_id)
    journal.record(
        events.SurveySent(touchpoint=touchpoint), about=party, actor=SYSTEM, at=at,
        party=party_id,
    )  # fmt: skip
    messaging.queue(
        "voice.survey", to=party, about=about, at=at,
        facts={"what": rule.label, "link": f"{settings.PUBLIC_URL}/voice/s/{token}"},
    )  # fmt: skip
    return None


@tx.use_case
def invite_now(*, touchpoint: str, party_id: int, about: Ref, at: datetime) -> str | None:
    """The same as a use case of its own: for doors and the demo."""
    return invite(touchpoint=touchpoint, party_id=party_id, about=about, at=at)


@tx.use_case
def answer_survey(*, token: str, said: Said, actor: Ref | None, at: datetime) -> int:
    """
    Take the answer to a survey; the link is then used up.

    :raises SurveyOver: used, late or guessed, in the same words. :raises StaffNeverRate: somebody
        signed in as staff on that telephone. :raises OutOfScale, NothingSaid, CommentTooLong.
    """
    if actor is not None and actor.kind in ("staff", "agent"):
        raise StaffNeverRate
    held = (
        Invitation.objects.select_for_update(of=("self",))
        .filter(token_digest=digest_of(token), answered_at=None, expires_at__gt=at).first()
    )  # fmt: skip
    if held is None:
        raise SurveyOver
    where = Where(
        "LINK", held.touchpoint, held.journey, held.office_id, party_id=held.party_id,
        about=held.about,
    )  # fmt: skip
    made = keep(
        said, where, request_key=f"survey:{held.pk}", actor=Ref("party", held.party_id), at=at
    )
    held.answered_at = at
    held.save(update_fields=["answered_at"])
    return made


@tx.use_case
def change_rule(
    *, touchpoint: str, share: int, quiet_days: int, per_year: int, enabled: bool, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """Change how often a touchpoint asks. :raises BadRule: figures no survey could have."""
    access.require("voice.manage")
    if not (0 <= share <= 100 and 7 <= quiet_days <= 365 and 1 <= per_year <= 12):
        raise BadRule
    if touchpoint not in catalogues.survey_rules():
        raise BadRule(hint=_("没有这个触点。"))
    SurveyRule.objects.update_or_create(
        touchpoint=touchpoint,
        defaults={
            "share": share, "quiet_days": quiet_days, "per_year": per_year, "enabled": enabled,
            "changed_at": at, "changed_by": str(actor),
        },
    )  # fmt: skip
    journal.record(
        events.SurveyRuleChanged(
            touchpoint=touchpoint, share=share, quiet_days=quiet_days, per_year=per_year,
            enabled=enabled,
        ),
        about=Ref("staff", access.staff_id), actor=actor, at=at,
    )  # fmt: skip


def _rule(touchpoint: str) -> sampling.Rule:
    """A touchpoint's rule: the insurer's own, or the one that comes with Yilu."""
    shipped = catalogues.survey_rules().get(touchpoint)
    if shipped is None:
        raise BadRule(hint=_("没有这个触点。"))
    own = SurveyRule.objects.filter(pk=touchpoint).first()
    return shipped if own is None else own.applied_to(shipped)


def _past(party_id: int, at: datetime) -> sampling.Past:
    asked = list(
        Invitation.objects.filter(party_id=party_id, sent_at__gt=at - timedelta(days=365))
        .order_by("-sent_at").values_list("sent_at", "answered_at")
    )  # fmt: skip
    silent = 0
    for _when, answered in asked:
        if answered is not None:
            break
        silent += 1
    return sampling.Past(asked[0][0] if asked else None, len(asked), _complained(party_id), silent)


def _complained(party_id: int) -> datetime | None:
    """When this person last complained, or wrote something urgent to us."""
    told = [e.at for e in happened.party_timeline(party_id) if e.kind.startswith(COMPLAINT_KINDS)]
    urgent = Handling.objects.filter(feedback__party_id=party_id, urgent=True)
    told += urgent.order_by("-opened_at").values_list("opened_at", flat=True)[:1]
    written = Feedback.objects.filter(party_id=party_id, source="WECHAT").order_by("-pk")
    told += [f.said_at for f in written[:LATEST_WRITTEN] if contact.presses(f.text)]
    return max(told, default=None)
