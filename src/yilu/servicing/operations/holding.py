"""Hold a request: who may, its form, the case its kind is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence, joined
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess
from yilu.policies import queries as policies
from yilu.servicing import frame
from yilu.servicing.frame import Case, Kind, Quote, QuoteLine
from yilu.servicing.kinds import KINDS
from yilu.servicing.models import Request
from yilu.servicing.operations.refusals import (
    NotAtThisDoor,
    NotForThisRole,
    NotPossibleNow,
    PolicyHasEnded,
    RequestNotFound,
    UnknownKind,
)
from yilu.servicing.rules.standing import TRANSITIONS

FORM_PLACE = "servicing_request.form"
ENDED = frozenset({"EXPIRED", "TERMINATED"})
By = Access | AgentAccess | None
"""As what somebody acts: a member of staff, an agent, or (None) the customer themselves."""


def kind_of(code: str) -> Kind:
    """The kind. :raises UnknownKind: none of that code."""
    kind = KINDS.get(code)
    if kind is None:
        raise UnknownKind
    return kind


def require_service(by: Access, office_id: int, *, narrow: bool) -> None:
    """
    The right to serve over an office.

    ``narrow``: filling in and preparing what the customer then confirms themselves, as at the telephone.

    :raises NotAllowed: without it.
    """
    if not (narrow and by.may("servicing.call", office_id=office_id)):
        by.require("servicing.handle", office_id=office_id)


@tx.step
def hold(request_id: int, actor: Ref, by: By, *, narrow: bool = False, **beside: Any) -> Request:
    """
    A request, locked, for whoever may act on it; what else is to be read with it is named ``beside``.

    ``narrow``: whoever prepared it themselves needs ``servicing.call`` only.

    :raises RequestNotFound: none, or it is none of theirs. :raises NotAllowed: staff without the
        right over its office.
    """
    row = _locked(request_id, **beside)
    if isinstance(by, Access):
        own = row.prepared_by == str(actor)
        require_service(by, row.office_id, narrow=narrow and own)
    elif isinstance(by, AgentAccess):
        if row.agent_id not in by.agent_ids:
            raise RequestNotFound
    elif actor != Ref("party", row.party_id):
        raise RequestNotFound
    return row


@tx.step
def hold_for_us(request_id: int) -> Request:
    """A request, locked, for the platform's own reactions. :raises RequestNotFound: none."""
    return _locked(request_id)


def _locked(request_id: int, **beside: Any) -> Request:
    rows = Request.objects.select_for_update(of=("self",)).filter(pk=request_id)
    row = rows.annotate(**beside).first()
    if row is None:
        raise RequestNotFound
    return row


def move(row: Request, to: str) -> None:
    """Set the next state; the caller saves. :raises NotPossibleNow: it does not follow."""
    if to not in TRANSITIONS[row.state]:
        raise NotPossibleNow
    row.state = to


def require_state(row: Request, *states: str) -> None:
    """:raises NotPossibleNow: the request is at another step."""
    if row.state not in states:
        raise NotPossibleNow


def case_for(
    kind: Kind,
    *,
    policy_id: int | None,
    party_id: int,
    door: str,
    on: date,
    request: Ref | None = None,
    verified: bool = False,
) -> Case:
    """
    What the kind is asked about, for somebody who may ask.

    :raises PolicyNotFound: no such policy, or none of theirs. :raises NotForThisRole: somebody else
        must ask. :raises NotAtThisDoor, PolicyHasEnded: see there.
    """
    if door not in kind.doors:
        raise NotAtThisDoor
    if not kind.about_policy:
        return Case(
            contract=None, asker_id=party_id, roles=frozenset(), door=door, on=on, request=request,
            verified=verified,
        )  # fmt: skip
    if policy_id is None:
        raise policies.PolicyNotFound
    card, roles = _roles(policy_id, party_id, may_be_heir=frame.HEIR in kind.who, door=door)
    if kind.who.isdisjoint(roles):
        raise NotForThisRole(
            Sentence(
                _("“{kind}”须由{who}申请"),
                kind=kind.name,
                who=joined(label for role, label in frame.ROLES.items() if role in kind.who),
            )
        )
    if kind.living_only and card.state in ENDED:
        raise PolicyHasEnded
    return Case(
        contract=card, asker_id=party_id, roles=roles, door=door, on=on, request=request,
        verified=verified,
    )  # fmt: skip


def _roles(
    policy_id: int, party_id: int, *, may_be_heir: bool, door: str
) -> tuple[policies.PolicyCard, frozenset[str]]:
    try:
        card = policies.get_for_party(policy_id, party_id)
        return card, frozenset(card.roles)
    except policies.PolicyNotFound:
        card = policies.policy_card(policy_id)
        if not {card.holder_id, card.insured_id}.isdisjoint(people.wards_of(party_id)):
            return card, frozenset({frame.GUARDIAN})
        if may_be_heir and door == frame.COUNTER:
            return card, frozenset({frame.HEIR})
        raise


def case_of(row: Request, kind: Kind, on: date, *, verified: bool = False) -> Case:
    """The case of a kept request. :raises: as ``case_for``."""
    case = case_for(
        kind, policy_id=row.policy_id, party_id=row.party_id, door=row.door, on=on, request=row.ref,
        verified=verified,
    )  # fmt: skip
    return replace(case, expressed_on=_expressed_on(row, kind))


def _expressed_on(row: Request, kind: Kind) -> date | None:
    """When the applicant confirmed it, on paper too, and the last of those who must agree agreed."""
    own = row.received_on or (day_of(row.confirmed_at) if row.confirmed_at else None)
    if own is None:
        return None
    if kind.second_party is None:
        return own
    words = row.agreements.filter(answer="AGREED").values_list("answered_at", flat=True)
    return max([own, *(day_of(answered) for answered in words if answered)])


def counted_on(row: Request, kind: Kind, at: datetime) -> date:
    """
    The day whose sums and periods count: today; where value goes back, the day the paper came (收到日).

    What a customer gave us within the cooling-off period was in time, whenever somebody types it in.
    """
    late = row.received_on if kind.gives_back else None
    return late or day_of(at)


def sealed_form(kept: Mapping[str, Any]) -> bytes:
    """A form as it is kept."""
    return sealing.seal(orjson.dumps(dict(kept), option=orjson.OPT_SORT_KEYS).decode(), FORM_PLACE)


def opened_form(row: Request) -> dict[str, Any]:
    """The form as plain text, opened."""
    found: dict[str, Any] = orjson.loads(sealing.unseal(row.form, FORM_PLACE))
    return found


def _sentence_kept(text: str) -> Any:
    """A sentence with its figures apart, so that it can still be said in another language."""
    if not isinstance(text, Sentence):
        return text
    figures = {
        name: _sentence_kept(value) if isinstance(value, str) else str(value)
        for name, value in text.figures.items()
    }
    return {"template": text.template, "figures": figures}


def _sentence_from(kept: Any) -> str:
    if not isinstance(kept, Mapping):
        return str(kept)
    figures = {name: _sentence_from(value) for name, value in kept["figures"].items()}
    return Sentence(kept["template"], **figures)


def quote_as_kept(quote: Quote) -> dict[str, Any]:
    """A quote as JSON."""
    return {
        "on": quote.effective_on.isoformat(),
        "lines": [
            {
                "label": n.label,
                "amount": str(n.amount),
                "sign": n.sign,
                "note": _sentence_kept(n.note),
            }
            for n in quote.lines
        ],
        "pays": str(quote.pays_customer),
        "collects": str(quote.collects),
        "warnings": [_sentence_kept(each) for each in quote.warnings],
        "payee": quote.payee_id,
        "account": quote.account_id,
        "purpose": quote.purpose,
        "refer": quote.refer,
        "amount": None if quote.amount is None else str(quote.amount),
    }


def quote_from(kept: Mapping[str, Any]) -> Quote:
    """A kept quote, read back."""
    return Quote(
        effective_on=date.fromisoformat(kept["on"]),
        lines=tuple(
            QuoteLine(n["label"], Decimal(n["amount"]), n["sign"], _sentence_from(n["note"]))
            for n in kept["lines"]
        ),
        pays_customer=Decimal(kept["pays"]),
        collects=Decimal(kept["collects"]),
        warnings=tuple(_sentence_from(each) for each in kept["warnings"]),
        payee_id=kept["payee"],
        account_id=kept["account"],
        purpose=kept["purpose"],
        refer=kept["refer"],
        amount=None if kept["amount"] is None else Decimal(kept["amount"]),
    )


@tx.step
def say(row: Request, fact: object, *, actor: Ref, at: datetime) -> None:
    """Record what happened to a request."""
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
