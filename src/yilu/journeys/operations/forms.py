"""A form that a page refused is kept, sealed, so that nobody fills it in twice (留存表单)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.models import Breakpoint, KeptForm
from yilu.journeys.rules.continuing import failure_cause
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref

FORM_PLACE = "journeys_keptform.form"
BYTES_MAX = 20_000
SLIPS = frozenset({"bad_form", "invalid", "wrong_code", "phone_not_proved"})
"""Refusals that only say what to write otherwise: a break from the second time on."""


@tx.use_case
def keep_failed_form(
    *,
    party_id: int,
    journey: str,
    request: str,
    form: Mapping[str, Any],
    code: str,
    actor: Ref,
    at: datetime,
    policy_id: int | None = None,
    office_id: int = 0,
) -> int:
    """
    Keep what was filled in and say that it was refused, and why (its code); the kept form's id.

    One row a customer and thing, however often it fails. A file too large to be a form is not kept.
    """
    written = orjson.dumps(dict(form), option=orjson.OPT_SORT_KEYS, default=str)
    if len(written) > BYTES_MAX:
        written = b"{}"
    sealed = sealing.seal(written.decode(), FORM_PLACE)
    given = {
        "party_id": party_id, "journey": journey[:30], "request": request[:30], "policy_id": policy_id,
    }  # fmt: skip
    row = KeptForm.objects.select_for_update().filter(**given, closed_at__isnull=True).first()
    if row is None:
        try:
            with tx.savepoint():
                row = KeptForm.objects.create(
                    **given, office_id=office_id, form=sealed, code=code[:60], first_at=at,
                    touched_at=at,
                )  # fmt: skip
        except IntegrityError:  # the same page was sent twice at once
            row = KeptForm.objects.select_for_update().get(**given, closed_at__isnull=True)
            return row.pk
    else:
        row.form, row.code, row.touched_at, row.attempts = sealed, code[:60], at, row.attempts + 1
        row.save(update_fields=["form", "code", "touched_at", "attempts"])
    fact = events.FormFailed(
        journey=journey, request=request, code=code[:60], attempts=row.attempts,
        stuck=code not in SLIPS or row.attempts > 1, office_id=office_id,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at, party=party_id)
    return row.pk


@tx.use_case
def note_failure(
    *, about: Ref, party_id: int, journey: str, request: str, code: str, actor: Ref, at: datetime
) -> bool:
    """
    Say that a page could not go on with something that exists, whose form its own room keeps.

    Once a thing and reason: looking at the same page again is no new failure.
    """
    cause = failure_cause(about, code)
    if Breakpoint.objects.filter(cause=cause).exists():
        return False
    fact = events.FormFailed(
        journey=journey, request=request, code=code[:60], attempts=1, stuck=code not in SLIPS,
        office_id=0,
    )  # fmt: skip
    journal.record(fact, about=about, actor=actor, at=at, party=party_id)
    return True


def opened_form(row: KeptForm) -> dict[str, Any]:
    """What was filled in; nothing once the form is closed."""
    if not row.form:
        return {}
    found: dict[str, Any] = orjson.loads(sealing.unseal(row.form, FORM_PLACE))
    return found
