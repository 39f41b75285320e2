"""The papers an application needs, and which are missing (投保资料)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from yilu.documents import queries as documents
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.products.offering import Paper
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.rules.identity_paper import Compared, Side, Standing, compare
from yilu.underwriting.rules.interest import ADULT

KIND_OF: Mapping[str, str] = MappingProxyType(
    {
        "HOLDER_ID": "ID_CARD", "INSURED_ID": "ID_CARD", "RELATION": "RELATION_PROOF",
        "GUARDIAN": "RELATION_PROOF",
    }
)  # fmt: skip
"""As which kind of file a paper is handed in; everything else is kept for people to read."""
BY_SIGNATURE = frozenset({"DEBIT_MANDATE"})
"""What the signed application says by itself: the account is part of what is signed."""


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
    """Everything this application needs, with what is in; after a verdict what it asked for too."""
    if application.product_version_id is None:
        return ()
    rows = [
        # What was declared is judged by the tables; papers about it are asked for by the verdict.
        (paper.code, paper.name, paper.note, paper.needed != "DECLARED_ILLNESS")
        for paper in products.get_papers(application.product_version_id)
        if paper.code not in BY_SIGNATURE and _needed(application, paper)
    ]
    known = {row[0] for row in rows if row[3]}
    if application.decision_id is not None and application.decision is not None:
        words = catalogue.examinations()
        rows += [
            (code, words.get(code, code), "", True)
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


def _need(application: Application, code: str, name: str, note: str, required: bool) -> Need:
    uploads = tuple(application.papers.get(code, ()))
    known = _shown_by_register(application, code)
    here = bool(uploads) or known
    return Need(
        code, name, note, KIND_OF.get(code, "OTHER"), required, here, uploads, known,
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


def _needed(application: Application, paper: Paper) -> bool:
    if paper.needed == "OTHER_INSURED":
        return application.relation != "SELF"
    if paper.needed == "MINOR":
        return application.rated_age is not None and application.rated_age < ADULT
    if paper.needed == "LARGE_SUM":
        return (
            paper.sum_from is not None
            and application.sum_insured is not None
            and application.sum_insured >= paper.sum_from
        )
    if paper.needed == "DECLARED_ILLNESS":
        return any(application.answers.get(c) == "YES" for c in catalogue.conditions())
    if paper.needed == "BANK_DEBIT":
        return application.pay_method == "BANK_DEBIT"
    return True
