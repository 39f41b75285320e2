"""Ask what somebody needs, show plans with a reason each; tell of plans only who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Stale
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Needs
from yilu.underwriting.queries.needs import book, offered_on
from yilu.underwriting.rules import needs as rules

MARKETING = "MARKETING"
"""The consent without which nobody is told of a plan unasked (个保法 24: 拒绝个性化推送)."""


class BadNeeds(Invalid):
    """A question was left open, or the person has no birth date."""

    code = "bad_needs"
    message = _("还有问题没有回答")
    hint = _("请逐题选择；金额没有就填 0。")


class QuestionsChanged(Stale):
    """Midnight passed with the questions on the screen, and from today there are others."""

    code = "needs_questions_changed"
    message = _("问题有更新，请核对后再提交")
    hint = _("您已选的答案还在；请看一遍，补上新的问题。")


@tx.use_case
def ask_needs(
    *, party_id: int, answers: Mapping[str, Any], channel: str, actor: Ref, at: datetime,
    agent: people.AgentAccess | None = None, access: people.Access | None = None,
    version: int | None = None,
) -> int:  # fmt: skip
    """
    Keep what somebody said they need, with the tags and plans that follow (需求诊断); its id.

    The customer for themselves, their agent, or staff with underwriting.apply, in the customer's words.

    ``version``: of the book whose questions were shown.

    :raises BadNeeds: naming what is open. :raises PartyNotFound: not the asker's customer.
    :raises QuestionsChanged: another version counts since midnight.
    """
    viewer: Any = agent or access or actor
    party = people.see_party(viewer, party_id)
    if access is not None:
        access.require("underwriting.apply", office_id=party.office_id)
    if party.birth_date is None:
        raise BadNeeds(_("请先补充出生日期"))
    today = day_of(at)
    asked = book(today)
    if version is not None and version != asked.number:
        raise QuestionsChanged
    if problem := rules.problem(asked, answers):
        raise BadNeeds(problem)
    age = full_years(party.birth_date, today)
    tags = rules.tags_of(asked, answers, age)
    matched = rules.match(asked, answers, age, offered_on(today))
    made = Needs.objects.create(
        party_id=party_id, answers={k: _plain(v) for k, v in answers.items()}, tags=list(tags),
        matched=[
            {
                "product": m.product, "reasons": list(m.reasons), "tags": list(m.tags),
                "sum_insured": None if m.sum_insured is None else str(m.sum_insured),
            }
            for m in matched
        ],
        rules_version=str(asked.number), channel=channel, made_by=str(actor), made_at=at,
    )  # fmt: skip
    fact = events.NeedsAsked(
        needs_id=made.pk, tags=tags, products=tuple(m.product for m in matched),
        rules_version=str(asked.number),
    )  # fmt: skip
    journal.record(fact, about=Ref("party", party_id), actor=actor, at=at, party=party_id)
    return made.pk


@tx.use_case
def tell_of_plans(*, needs_id: int, actor: Ref, at: datetime) -> bool:
    """
    Tell somebody of the plans that match their needs, unasked; whether they were told.

    Only where their agreement to news of products stands, and once for a diagnosis. Whoever opted out,
    or never agreed, gets nothing.
    """
    found = Needs.objects.filter(pk=needs_id).first()
    if found is None or not found.matched or not people.has_consent(found.party_id, MARKETING):
        return False
    about = Ref("needs", found.pk)
    messaging.queue(
        "underwriting.plans", to=Ref("party", found.party_id), about=about, at=at,
        facts={"count": str(len(found.matched))}, once="plans",
    )  # fmt: skip
    journal.record(
        events.PlansTold(needs_id=found.pk), about=about, actor=actor, at=at, party=found.party_id
    )
    return True


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else str(value)
