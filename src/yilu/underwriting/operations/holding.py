"""Hold an application while it is changed, for somebody who may."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import models

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.underwriting.events import FamilyMoved
from yilu.underwriting.models import Application, FamilyApplication
from yilu.underwriting.rules.lifecycle import Action, State, possible

from .refusals import (
    AlreadyInFamily,
    ApplicationNotFound,
    FamilyNotFound,
    ForTheCustomer,
    NotPossibleNow,
    PartOfFamily,
)

RIGHT = "underwriting.apply"


@tx.step
def hold(
    application_id: int,
    *,
    actor: Ref,
    access: Access | None = None,
    action: Action = Action.FILL_IN,
    own: bool = False,
    right: str = RIGHT,
) -> Application:
    """
    Lock an application that this actor may work on, in a state in which the action is possible.

    The holder themselves, the agent of the application, or staff with underwriting.apply over its
    office (the customer sits before them; or another ``right``). ``own``: the customer's own step, never
    an agent's.

    :raises ApplicationNotFound: none, or not theirs. :raises ForTheCustomer: an agent's hand.
    :raises NotPossibleNow: the application has gone on.
    """
    found = read_locked(application_id)
    if found is None or not _belongs(found, actor, access, right):
        raise ApplicationNotFound
    if own and actor.kind == "agent":
        raise ForTheCustomer
    if not possible(State(found.state), action):
        raise NotPossibleNow(State(found.state))
    return found


_FIELDS = [field.attname for field in Application._meta.concrete_fields]
_JSON = [
    n for n, f in enumerate(Application._meta.concrete_fields) if isinstance(f, models.JSONField)
]
_COLUMNS = ", ".join(str(field.column) for field in Application._meta.concrete_fields)
_HOLD = f"select {_COLUMNS} from underwriting_application where id = %s::bigint for no key update"


@tx.step
def read_locked(application_id: int) -> Application | None:
    """The row, locked, by one plain statement: the submission waits for it."""
    found = tx.rows(_HOLD, [application_id])
    if not found:
        return None
    values = list(found[0])
    for n in _JSON:
        values[n] = json.loads(values[n]) if isinstance(values[n], str) else values[n]
    return Application.from_db("default", _FIELDS, values)


def _belongs(
    found: Application | FamilyApplication, actor: Ref, access: Access | None, right: str = RIGHT
) -> bool:
    if actor == SYSTEM:
        return True
    if actor.kind == "party":
        return bool(found.holder_id == actor.id)
    if actor.kind == "agent":
        return bool(found.agent_id == actor.id)
    if actor.kind == "staff" and access is not None and access.staff_id == actor.id:
        return access.may(right, office_id=found.office_id)
    return False


@tx.step
def write(application: Application, at: datetime, **values: Any) -> None:
    """Set columns of a held application and count the change."""
    for name, value in values.items():
        setattr(application, name, value)
    application.version += 1
    application.changed_at = at
    application.save(update_fields=[*(n for n in values), "version", "changed_at"])


@tx.step
def hold_family(
    family_id: int, *, actor: Ref, access: Access | None = None, own: bool = False
) -> FamilyApplication:
    """
    Lock a family application that this actor may work on. Always before the applications in it.

    :raises FamilyNotFound: none, or not theirs. :raises ForTheCustomer: an agent's hand at ``own`` steps.
    """
    found = FamilyApplication.objects.select_for_update(of=("self",)).filter(pk=family_id).first()
    if found is None or not _belongs(found, actor, access):
        raise FamilyNotFound
    if own and actor.kind == "agent":
        raise ForTheCustomer
    return found


@tx.step
def hold_siblings(application_id: int) -> None:
    """Lock the family an application belongs to, where it belongs to one: who is insured in it is settled
    one after the other.
    """
    tx.rows(
        """
        select f.id from underwriting_familyapplication f
          join underwriting_application a on a.family_id = f.id
         where a.id = %s::bigint for no key update of f
        """,
        [application_id],
    )


def members_of(family_id: int) -> models.QuerySet[Application]:
    """The applications gathered in a family application, but for those taken out before they were
    handed in.
    """
    taken_out = models.Q(state__in=["WITHDRAWN", "EXPIRED"], submitted_at=None)
    return Application.objects.filter(family_id=family_id).exclude(taken_out).order_by("pk")


def require_new_in_family(application: Application, insured_id: int) -> None:
    """:raises AlreadyInFamily: a sibling of this application insures the same person."""
    if application.family_id is None:
        return
    others = Application.objects.filter(family_id=application.family_id, insured_id=insured_id)
    if others.exclude(pk=application.pk).exclude(state__in=["WITHDRAWN", "EXPIRED"]).exists():
        raise AlreadyInFamily


@tx.step
def say_family_moved(application: Application, *, at: datetime) -> None:
    """Tell the family an application belongs to, where it belongs to one, that something became of it."""
    if application.family_id is not None and application.submitted_at is not None:
        journal.record(
            FamilyMoved(application_id=application.pk),
            about=Ref("family_application", application.family_id), actor=SYSTEM, at=at,
            party=application.holder_id,
        )  # fmt: skip


def require_alone(application: Application) -> None:
    """:raises PartOfFamily: this step is taken once for the whole family."""
    if application.family_id is not None:
        raise PartOfFamily
