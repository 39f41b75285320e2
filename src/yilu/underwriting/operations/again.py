"""Decide an application again, once what was asked for is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.policies.queries.at_risk import insured_contracts
from yilu.standards import queries as standards
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.queries.facts import facts_of
from yilu.underwriting.queries.papers import needs_of
from yilu.underwriting.rules.lifecycle import State

from .paying import ask_premium
from .submitting import decide_all, with_doubts
from .verdicts import record_verdict


def examined(asked: Sequence[str]) -> bool:
    """Whether an examination is among what was asked for."""
    return any(code in catalogue.examinations() for code in asked)


@tx.step
def decide_again(application: Application, *, at: datetime) -> None:
    """
    Ask the tables again about a locked application whose papers are complete.

    A report of an examination is read by a person; papers alone change nothing of the facts.
    """
    assert application.decision is not None
    has_report = examined(application.decision.examinations)

    def ask(code: str, given: Mapping[str, Any]) -> Any:
        return standards.decide(code, given, at)

    assert application.insured_id is not None
    facts = facts_of(application, has_report=has_report)
    verdict = decide_all(application, facts, insured_contracts(application.insured_id), ask)
    verdict = with_doubts(verdict, needs_of(application))
    record_verdict(application=application, verdict=verdict, actor=SYSTEM, at=at)
    if application.state == State.ACCEPTED and application.family_id is None:
        ask_premium(application, at=at)
