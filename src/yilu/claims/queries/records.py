"""Calculations, decisions, notices and notes as screens show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.claims.models import (
    Calculation,
    ContactNote,
    Decision,
    Investigation,
    KnowledgeEvent,
    SupplementNotice,
)
from yilu.claims.rules import tellable
from yilu.claims.rules.case import INVESTIGATION_REASONS
from yilu.claims.rules.lifecycle import NOTHING_DUE
from yilu.claims.rules.third_parties import PHONE_PLACE, THIRDS
from yilu.journal.queries import EventRow
from yilu.kernel import masks, sealing
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.money import said_yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.letters import queries as letters
from yilu.obligations.queries import ClockView
from yilu.payments import queries as payments

from .views import (
    CalculationLine,
    CalculationView,
    DecisionView,
    GroundRow,
    InvestigationView,
    KnowledgeView,
    LetterRow,
    NoteView,
    PayoutRow,
    SupplementView,
    TimelineRow,
)

Names = Mapping[Ref, str]
THE_MACHINE = _("系统")


def who(actor: str | Ref, names: Names) -> str:
    """What to call whoever did something; customers are called so, never by name."""
    ref = Ref.parse(actor) if isinstance(actor, str) else actor
    if ref == SYSTEM:
        return THE_MACHINE
    return names.get(ref) or {"party": _("客户"), "agent": _("代理人"), "provider": _("医院")}.get(
        ref.kind, ""
    )


def calculation(row: Calculation, names: Names) -> CalculationView:
    """A kept calculation with its sentences as they were; doors say them in any language."""
    result: dict[str, Any] = tellable(row.result)
    grounds = tuple(_ground(g) for g in result["refusal_grounds"])
    return CalculationView(
        id=row.pk, ordinal=row.ordinal, benefit=row.benefit,
        lines=tuple(
            CalculationLine(n["code"], n["label"], Decimal(n["amount"]), n["explanation"])
            for n in result["lines"]
        ),
        grounds=tuple(Sentence("{label}：{why}", label=g.label, why=g.why) for g in grounds),
        shortfalls=tuple(s["message"] for s in result["shortfalls"]),
        digest=row.digest, made_by=who(row.made_by, names), made_at=row.made_at, ground_rows=grounds,
        notes=tuple(result.get("notes", ())), chosen=row.chosen,
        waived_from=date.fromisoformat(row.result["waived_from"]) if row.result.get("waived_from") else None,
    )  # fmt: skip


def _ground(g: dict[str, Any]) -> GroundRow:
    return GroundRow(
        g["key"], g["label"], g["why"], g["clause"], g["clause_text"], g["applied"],
        None if g["instead"] is None else Decimal(g["instead"]),
    )  # fmt: skip


def decision(row: Decision, names: Names) -> DecisionView:
    """A decision with the machine's verdict beside it."""
    return DecisionView(
        id=row.pk, kind=row.kind, kind_label=NOTHING_DUE if row.nothing_due else row.get_kind_display(), state=row.state,
        state_label=row.get_state_display(), amount=row.amount, reason=row.reason, clause=row.clause,
        machine_verdict=row.machine_verdict, machine_amount=row.machine_amount,
        overrides=row.overrides, override_reason=row.override_reason,
        decided_by=who(row.decided_by, names), decided_at=row.decided_at,
        approved_by=who(row.approved_by, names) if row.approved_by else "",
        approved_at=row.approved_at, rule=row.rule, spares=_spares(row),
        nothing_due=row.nothing_due, fraud=row.get_fraud_display() if row.fraud else "",
        finding=_finding(row), medical_reason=row.medical_reason,
    )  # fmt: skip


def _finding(row: Decision) -> str:
    """What the investigation behind a refusal for fraud found, with its day; empty without one."""
    found = row.finding
    if found is None or found.closed_at is None:
        return ""
    return f"{found.get_finding_display()}（{day_of(found.closed_at).isoformat()}）"


def _spares(row: Decision) -> str:
    if row.kind not in ("APPROVE", "PARTIAL") or row.amount or row.calculation is None:
        return ""
    lines = tellable(row.calculation.result)["lines"]
    return next((n["explanation"] for n in lines if n["code"] in ("WAIVER", "MAIN_WAIVER")), "")


def supplement(row: SupplementNotice) -> SupplementView:
    """A notice of what is missing."""
    return SupplementView(
        row.pk, row.ordinal, tuple((i["code"], i["title"]) for i in row.items), row.note,
        row.requested_at, row.arrived_at, row.received_at,
    )  # fmt: skip


def investigation(row: Investigation, names: Names) -> InvestigationView:
    """An investigation."""
    return InvestigationView(
        row.pk, row.reason, INVESTIGATION_REASONS.get(row.reason, row.reason), row.question,
        row.helper, who(row.opened_by, names), row.opened_at, row.finding,
        row.get_finding_display() if row.finding else "", row.report, row.closed_at,
    )  # fmt: skip


def knowledge(row: KnowledgeEvent) -> KnowledgeView:
    """A known ground for rescission."""
    return KnowledgeView(
        row.pk, row.ground, row.note, row.known_at, row.last_day, row.outcome,
        row.get_outcome_display() if row.outcome else "", row.decided_at,
    )  # fmt: skip


def note(row: ContactNote, names: Names) -> NoteView:
    """A line of the contact log."""
    sealed = bytes(row.third_party_phone)
    phone = masks.mask_phone(sealing.unseal(sealed, PHONE_PLACE)) if sealed else ""
    told = THIRDS[row.third_party] if row.third_party != "NONE" else ""
    return NoteView(
        row.pk, row.kind, row.get_kind_display(), row.text, row.third_party, told, phone,
        row.evidence_upload_id, who(row.written_by, names), row.written_at, row.shown_to_customer,
    )  # fmt: skip


def payout(view: payments.PayoutView) -> PayoutRow:
    """A payment."""
    return PayoutRow(
        id=view.id, amount=view.amount, purpose=view.purpose_label, state=view.state,
        state_label=view.label, account=f"{view.bank_name} {view.masked_number}".strip(),
        at=view.ended_at or view.sent_at or view.requested_at, problem=view.reason_label,
    )  # fmt: skip


def letter(view: letters.LetterView) -> LetterRow:
    """A letter."""
    return LetterRow(
        view.id, view.kind, view.label, view.state, view.issued_at or view.requested_at
    )


_AMOUNTS = ("amount", "benefit")


def timeline(
    events: Iterable[EventRow], names: Names, clocks: Iterable[ClockView] = ()
) -> tuple[TimelineRow, ...]:
    """
    What happened, one sentence each, the newest first.

    Of a clock that ran out its warnings and escalations say nothing more: it is told once.
    """
    told = {clock.id: clock for clock in clocks}
    return tuple(
        TimelineRow(
            e.at, e.kind, e.label, who(e.actor, names), _detail(e.facts),
            told.get(e.facts.get("clock_id", 0)),
        )
        for e in events
        if not (e.kind in _OF_A_CLOCK and _ran_out(told.get(e.facts.get("clock_id", 0))))
    )  # fmt: skip


_OF_A_CLOCK = ("obligations.clock_warned", "obligations.clock_escalated")


def _ran_out(clock: ClockView | None) -> bool:
    return clock is not None and clock.breached


def _detail(facts: Mapping[str, Any]) -> str:
    for name in _AMOUNTS:
        if isinstance(value := facts.get(name), str) and value != "0.00":
            return Sentence(_("{amount} 元"), amount=said_yuan(Decimal(value)))
    return ""


NOT_FOR_CUSTOMERS = frozenset(
    {
        "claims.signal_raised", "claims.decision_proposed", "claims.decision_sent_back",
        "claims.claim_sampled", "claims.sample_reviewed", "claims.ground_for_rescission_known",
        "claims.incomplete_file_chased", "claims.note_written", "claims.facts_established",
        "claims.opinion_given",
        "risk.signal_cleared",
    }
)  # fmt: skip
"""Events that are the insurer's own business and not shown to the customer."""


def for_customer(events: Iterable[EventRow]) -> list[EventRow]:
    """What of a timeline the customer sees: their claim, not the handling of work items."""
    return [
        e for e in events
        if e.kind not in NOT_FOR_CUSTOMERS and e.kind.split(".")[0] in ("claims", "documents", "letters", "payments")
    ]  # fmt: skip
