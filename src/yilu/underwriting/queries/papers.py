"""The papers an application needs, and which are missing (投保资料)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from yilu.documents import queries as documents
from yilu.kernel.money import ZERO
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.standards import queries as standards
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.rules.identity_paper import Compared, Side, Standing, compare
from yilu.underwriting.rules.interest import ADULT

PAYS_AT_DEATH = frozenset({"TERM_LIFE", "WHOLE_LIFE"})
PAYS_FIXED_SUM = frozenset({"CRITICAL_ILLNESS", "ENDOWMENT", "ACCIDENT"})
"""The kinds of products the list tells apart where it asks what somebody earns."""


@dataclass(frozen=True, slots=True)
class Need:
    """
    A paper or examination, and whether it is in; one that is not ``required`` only helps, one that is
    ``known`` the register bore out and nobody needs to bring. ``compared``: an identity paper handed in
    nevertheless is read and held against the person (A20); None where there is nothing to compare.
    """

    code: str
    name: str
    note: str
    kind: str
    required: bool
    here: bool
    uploads: tuple[int, ...]
    known: bool = False
    compared: Compared | None = None


def needs_of(application: Application) -> tuple[Need, ...]:
    """
    Everything this application needs, with what is in; after a verdict what it asked for too.

    By the list for new business in force when it was begun: nobody is asked for more on the way.
    """
    if application.product_version_id is None:
        return ()
    papers = standards.checklist(
        standards.APPLICATION, application.started_at, _circumstances(application),
        application.sum_insured or ZERO,
    )  # fmt: skip
    rows = [
        (paper.code, paper.title, paper.note, paper.kinds[0], paper.required)
        for paper in papers.items
        if not paper.spared
    ]
    known = {row[0] for row in rows if row[4]}
    if application.decision_id is not None and application.decision is not None:
        words = catalogue.examinations()
        rows += [
            (code, words.get(code, code), "", "OTHER", True)
            for code in application.decision.examinations
            if code not in known
        ]
    return tuple(_need(application, *row) for row in rows)


def missing_papers(application: Application) -> tuple[Need, ...]:
    """What is still missing."""
    return tuple(need for need in needs_of(application) if need.required and not need.here)


def being_read(needs: Iterable[Need]) -> bool:
    """Whether the machine has not yet read an identity paper that is needed."""
    return any(n.compared is not None and n.compared.standing is Standing.READING for n in needs)


def complete_on(needs: Iterable[Need], days: Mapping[int, date]) -> date | None:
    """
    The day on which the last of what is required was here, given the day of each upload; None where
    nobody had to bring anything. Of several files for one paper the first counts.
    """
    firsts = [
        min(days[upload] for upload in need.uploads)
        for need in needs
        if need.required and need.uploads and not need.known
    ]
    return max(firsts, default=None)


def _need(
    application: Application, code: str, name: str, note: str, kind: str, required: bool
) -> Need:
    uploads = tuple(application.papers.get(code, ()))
    known = _shown_by_register(application, code)
    here = bool(uploads) or known
    return Need(
        code, name, note, kind, required, here, uploads, known,
        _compared(application, code, uploads) if uploads and not known else None,
    )  # fmt: skip


def _shown_by_register(application: Application, code: str) -> bool:
    """An identity paper is not asked for where the register bore name and number out."""
    person = _person_of(application, code)
    return bool(person and application.identity.get(str(person), {}).get("matched"))


def _person_of(application: Application, code: str) -> int | None:
    return {"HOLDER_ID": application.holder_id, "INSURED_ID": application.insured_id}.get(code)


def _compared(application: Application, code: str, uploads: tuple[int, ...]) -> Compared | None:
    person_id = _person_of(application, code)
    if person_id is None:
        return None
    person = people.get_identity(person_id)
    files = [documents.get_upload(upload) for upload in uploads]
    sides = [_side(file, person.name if person else "") for file in files if not file.refusal]
    number = person.number if person else ""
    return compare(sides, number=number, on=max(file.received_on for file in files))


def _side(file: documents.UploadView, name: str) -> Side:
    """What a file says; only what is compared is opened, and nothing of it is kept."""
    if file.state in {"RECEIVED", "READING"}:
        return Side(read=False)
    said = {n: documents.open_field(file.id, n) for n in ("name", "identity_number", "valid_to")}
    try:
        valid_to = date.fromisoformat(said["valid_to"]) if said["valid_to"] else None
    except ValueError:  # 长期, or not read as a day
        valid_to = None
    return Side(
        True, said["name"], people.same_name(said["name"], name), said["identity_number"], valid_to
    )


def _circumstances(application: Application) -> dict[str, bool]:
    """What the list depends on. What was declared is judged by the tables, papers about it are asked for by the verdict."""
    assert application.product_version_id is not None
    kind = products.get_terms(application.product_version_id).kind
    age = application.rated_age
    return {
        "for_somebody_else": application.relation != "SELF",
        "is_minor": age is not None and age < ADULT,
        "declared_illness": any(
            application.answers.get(code) == "YES" for code in catalogue.conditions()
        ),
        "pays_fixed_sum": kind in PAYS_FIXED_SUM,
        "pays_at_death": kind in PAYS_AT_DEATH,
    }
