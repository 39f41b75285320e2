"""What the outside says: the population register about a name, the medical platform about a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.rules.lifecycle import OPEN, State

CHECK_IDENTITY = "underwriting.check_identity"
ASK_PLATFORM = "underwriting.ask_medical_platform"


@tx.step
def have_identity_checked(application_id: int, party_id: int) -> None:
    """Have a person's name and number checked soon after commit."""
    journal.defer(CHECK_IDENTITY, application_id=application_id, party_id=party_id)


@tx.step
def have_platform_asked(application_id: int, party_id: int) -> None:
    """Have the medical platform asked soon after commit; the job asks only with consent."""
    journal.defer(ASK_PLATFORM, application_id=application_id, party_id=party_id)


@tx.use_case
def record_identity_check(
    *, application_id: int, party_id: int, matched: bool, receipt: str, at: datetime
) -> bool:
    """Keep the register's answer; whether it changed anything. The same answer again does not."""
    found = _open(application_id)
    if found is None:
        return False
    said = {"matched": matched, "receipt": receipt}
    if found.identity.get(str(party_id)) == said:
        return False
    found.identity = {**found.identity, str(party_id): said}
    found.save(update_fields=["identity"])
    fact = events.IdentityChecked(person_id=party_id, matched=matched, receipt=receipt)
    journal.record(fact, about=found.ref, actor=SYSTEM, at=at, party=found.holder_id)
    return True


@tx.use_case
def record_medical_extract(
    *, application_id: int, party_id: int, diagnoses: Sequence[str], receipt: str, at: datetime
) -> bool:
    """Keep the diagnoses on record of the insured; the decision holds them against the answers."""
    found = _open(application_id)
    if found is None or found.insured_id != party_id or found.state != State.DRAFT:
        return False
    said = {"diagnoses": sorted(set(diagnoses)), "receipt": receipt}
    if found.medical == said:
        return False
    found.medical = said
    found.save(update_fields=["medical"])
    fact = events.MedicalDataCompared(entries=len(said["diagnoses"]), receipt=receipt)
    journal.record(fact, about=found.ref, actor=SYSTEM, at=at, party=found.holder_id)
    return True


def _open(application_id: int) -> Application | None:
    return (
        Application.objects.select_for_update(of=("self",))
        .filter(pk=application_id, state__in=sorted(OPEN))
        .first()
    )
