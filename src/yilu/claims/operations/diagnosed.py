"""What the papers of a claim say the illness is."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.documents import queries as documents
from yilu.kernel.refs import Ref
from yilu.risk import queries as risks

DIAGNOSED = {"DIAGNOSIS": "诊断证明", "DISCHARGE": "出院记录"}


@dataclass(frozen=True, slots=True)
class Said:
    """A diagnosis in a paper's own words, the day it was made (as written), and which paper."""

    text: str
    on: str
    source: str


def said_in(about: Ref) -> tuple[Said, ...]:
    """Every diagnosis in the live papers of a claim."""
    found: list[Said] = []
    for upload in documents.list_uploads(about):
        if not upload.live or upload.kind not in DIAGNOSED:
            continue
        fields = {f.name: f.value for f in documents.fields(upload.id)}
        on = fields.get("admitted_on") or fields.get("issued_on") or ""
        told = filter(None, map(fields.get, ("diagnosis", "admission_diagnosis")))
        found.extend(Said(text, on, DIAGNOSED[upload.kind]) for text in told)
    return tuple(found)


def codes_in(about: Ref) -> tuple[str, ...]:
    """The codes of ICD-10 that the papers of a claim say, each once."""
    return tuple(dict.fromkeys(c for s in said_in(about) for c in risks.diagnosis_codes(s.text)))
