"""A grave accident was reported: somebody goes to the scene without being asked for (主动服务, A71)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.care import events
from yilu.care.models import Visit
from yilu.claims.operations import steps as claims
from yilu.claims.queries import scene
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.standards import queries as standards

from .visits import say, say_asked, tell_to_keep_safe

TABLE, NOT_GRAVE = "care.scene_at_once", "NONE"
KINDS = ("DEATH", "DISABILITY", "ACCIDENT")
"""Sorts of claims that can be about an accident as grave as that."""
FIRST, NO_GRADE = 5, 11


@tx.step
def call_to_scene(claim_id: int, *, at: datetime) -> int | None:
    """
    Have the office of the claim send somebody at once, where the table ``care.scene_at_once`` says that the
    accident is grave; the visit, None for any other claim. Heard twice it is one visit.
    """
    held = claims.hold(claim_id)
    if held.claim_type not in KINDS or held.programme == "DISASTER":
        return None
    grades = [each.grade for each in held.loss.injuries]
    told = {
        "claim_type": held.claim_type, "cause": held.loss.cause, "grade": min(grades, default=NO_GRADE),
        "icu": any(stay.icu_days for stay in held.loss.stays), "hurt": scene.hurt_together(held.id),
        "days": (day_of(at) - held.loss_date).days,
    }  # fmt: skip
    reason = str(standards.decide(TABLE, told, at).outputs["reason"])
    if reason == NOT_GRAVE:
        return None
    try:
        with tx.savepoint():
            visit = Visit.objects.create(
                claim_id=held.id, party_id=held.claimant_id, office_id=held.office_id,
                kind="SURVEY", asked_by=str(SYSTEM), asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        return None  # somebody was quicker
    tell_to_keep_safe(visit, "care.scene_called", at)
    fact = events.SceneCalled(claim_id=held.id, reason=reason, office_id=held.office_id)
    say(visit, fact, SYSTEM, at)
    say_asked(visit, SYSTEM, at, priority=FIRST)
    return visit.pk
