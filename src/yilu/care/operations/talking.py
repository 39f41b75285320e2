"""What was said about a visit (沟通留痕): in the visit's own log and in the one that all handlers of the claim share."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from yilu.care import events
from yilu.care.models import Talk, Visit
from yilu.care.rules import visits as rules
from yilu.claims import operations as claims
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .refusals import BadVisit
from .visits import held

THIRD_PHONE: Final = "care_talk.third_phone"
IN_THE_LOG: Final = {"CALL": "CALL", "VIDEO": "VIDEO", "MESSAGE": "CHAT", "ON_SITE": "VISIT"}
"""How the claim's shared log calls a way of talking."""


@tx.use_case
def log_talk(
    *, visit_id: int, kind: str, text: str, third_party: str = "NONE", third_phone: str = "",
    evidence_upload_id: int | None = None, why_no_phone: str = "", access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Write down what was said (沟通留痕), for the visit and for all who handle the claim it may be about; the talk's id.

    A third party who is present (``third_party`` PRESENT) is asked for their number. Without it a file of
    the claim is named as evidence; off video one of claims' ``WHY_NO_PHONE`` does as well.

    :raises ThirdPartyUnasked: neither of these. :raises VisitNotFound: not theirs.
    :raises BadVisit: nothing said, or a number that is none. :raises Invalid: evidence of another claim.
    """
    visit = held(visit_id, access, "care.visit")
    if kind not in rules.TALKS or not 0 < len(text.strip()) <= 2000:
        raise BadVisit(_("请选择方式并填写沟通内容"))
    number = ""
    if third_phone.strip():
        try:
            number = read_phone(third_phone)
        except ValueError as wrong:
            raise BadVisit(str(wrong)) from None
    if visit.claim_id is not None:
        note = claims.Note(
            kind=IN_THE_LOG[kind], text=text, third_party=third_party, third_party_phone=number,
            evidence_upload_id=evidence_upload_id, why_no_phone=why_no_phone,
        )  # fmt: skip
        claims.log_talk(visit.claim_id, note, actor=actor, at=at)
    elif third_party != "NONE" or evidence_upload_id is not None:
        raise BadVisit(_("这次上门不涉及赔案，没有第三方可记"))
    present = third_party == "PRESENT"
    talk = Talk(
        kind=kind, text=text.strip(), third_present=present,
        third_phone=sealing.seal(number, THIRD_PHONE) if number else b"",
        why_no_phone=claims.WHY_NO_PHONE.get(why_no_phone, "") if present and not number else "",
    )  # fmt: skip
    return _keep(visit, talk, actor, at)


@tx.step
def log_call(visit: Visit, text: str, *, actor: Ref, at: datetime) -> None:
    """A call by whoever arranges a visit, in its log and, where it is about a claim, in the shared one."""
    if visit.claim_id is not None:
        claims.log_talk(visit.claim_id, claims.Note(kind="CALL", text=text), actor=actor, at=at)
    _keep(visit, Talk(kind="CALL", text=text), actor, at)


def _keep(visit: Visit, talk: Talk, actor: Ref, at: datetime) -> int:
    talk.visit, talk.written_by, talk.written_at = visit, str(actor), at
    talk.save()
    fact = events.TalkLogged(visit_id=visit.pk, kind=talk.kind, third_present=talk.third_present)
    journal.record(fact, about=visit.ref, actor=actor, at=at, party=visit.party_id)
    return talk.pk
