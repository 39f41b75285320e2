"""The papers an application needs, and which are missing (投保资料)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from yilu.products import queries as products
from yilu.products.offering import Paper
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
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
    ``known`` the register bore out and nobody needs to bring.
    """

    code: str
    name: str
    note: str
    kind: str
    required: bool
    here: bool
    uploads: tuple[int, ...]
    known: bool = False


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
    return Need(code, name, note, KIND_OF.get(code, "OTHER"), required, here, uploads, known)


def _shown_by_register(application: Application, code: str) -> bool:
    """An identity paper is not asked for where the register bore name and number out."""
    person = {"HOLDER_ID": application.holder_id, "INSURED_ID": application.insured_id}.get(code)
    return bool(person and application.identity.get(str(person), {}).get("matched"))


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
