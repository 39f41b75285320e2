"""What goes outside or runs by the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from yilu.gateways import identity_check, medical_data
from yilu.journal import operations as journal
from yilu.people import operations as people_operations
from yilu.people import queries as people

from . import operations


@journal.job()
def check_identity(application_id: int, party_id: int) -> None:
    """
    Ask the register about a person of an application; run again it gets the same answer.

    What it says of them counts wherever it must be known who they are: nobody is asked about twice.
    """
    person = people.get_identity(party_id)
    if person is None:
        return
    answer = identity_check.get_register().check(
        name=person.name, number=person.number, reference=f"{application_id}:{party_id}"
    )
    at = datetime.now(UTC)
    operations.record_identity_check(
        application_id=application_id, party_id=party_id, matched=answer.matched,
        receipt=answer.receipt, at=at,
    )  # fmt: skip
    if person.kind in people.IN_REGISTER:
        people_operations.record_register_answer(
            party_id=party_id, asked=person, matched=answer.matched, receipt=answer.receipt, at=at
        )


@journal.job()
def ask_medical_platform(application_id: int, party_id: int) -> None:
    """Ask for the diagnoses on record, where the person's separate consent stands."""
    person = people.get_identity(party_id)
    if person is None or not people.has_consent(party_id, "MEDICAL_DATA_FETCH"):
        return
    answer = medical_data.get_platform().diagnoses(
        name=person.name, number=person.number, consent="MEDICAL_DATA_FETCH",
        reference=f"{application_id}:{party_id}",
    )  # fmt: skip
    operations.record_medical_extract(
        application_id=application_id, party_id=party_id, diagnoses=answer.diagnoses,
        receipt=answer.receipt, at=datetime.now(UTC),
    )  # fmt: skip


@journal.each_tick(seconds=600, name="underwriting.expiry")
def expire(at: datetime) -> int:
    """End applications that nobody went on with; tell customers of those that soon end."""
    journal.through(partial(operations.expire_applications, at=at))
    return operations.remind_of_drafts(at=at)


@journal.each_tick(seconds=3600, name="underwriting.forgetting")
def forget(at: datetime) -> int:
    """Forget what need not be kept any longer: unfinished applications, recordings past their time."""
    gone = journal.through(partial(operations.forget_recordings, at=at))
    return operations.forget_unfinished(at=at) + gone


@journal.each_tick(seconds=60, name="underwriting.declared")
def hand_over_declared(at: datetime) -> int:
    """Keep for comparing what was declared for policies issued before that was done, batch by batch."""
    return operations.hand_over_earlier(at=at)
