"""Name somebody of the family in an application: known by name and number, or registered now."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.underwriting.models import Application

from .holding import hold, write


@tx.use_case
def name_kin(
    *, application_id: int, name: str, identity_number: str, actor: Ref, at: datetime, phone: str = "",
    access: people.Access | None = None,
) -> int:  # fmt: skip
    """
    Somebody to be insured or to benefit, by name and resident number together; the person's id.

    Who is known already is found only where both agree: a number alone tells nothing about anybody.
    Twice is once.

    :raises BadParticulars: saying what is wrong. :raises AlreadyRegistered: the number is somebody's
        of another name.
    """
    application = hold(application_id, actor=actor, access=access)
    return register_named(
        application, name=name, identity_number=identity_number, phone=phone, actor=actor, at=at
    )


@tx.step
def register_named(
    application: Application, *, name: str, identity_number: str, phone: str, actor: Ref, at: datetime
) -> int:  # fmt: skip
    """Find or register somebody of the family for a held application; the person's id."""
    found = people.match_person(name, identity_number, today=day_of(at))
    if found is None:
        found = people_operations.register_kin(
            name=name, identity_kind="RESIDENT_ID", identity_number=identity_number, phone=phone,
            office_id=application.office_id, agent_id=application.agent_id, actor=actor, at=at,
        )  # fmt: skip
    kin = list(dict.fromkeys([*application.draft.get("kin", []), found]))
    if kin != application.draft.get("kin"):
        write(application, at, draft={**application.draft, "kin": kin})
    return found
