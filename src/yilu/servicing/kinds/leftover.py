"""领回余款: what was paid too much, and what still lies on a contract that has ended."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import HEIR, HOLDER, INSURED, Case, Effect, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import something_rests
from yilu.servicing.kinds.heirs import ASKED_OF_HEIRS, check_heirs, fields, told_heirs
from yilu.servicing.kinds.paying import (
    PAY_TO,
    RETURN_AFTER_DAYS,
    require_own_account,
    told,
    unless_nil,
)


def check(case: Case, form: Form) -> None:
    """
    :raises NothingLeft: nothing is theirs. :raises AccountNotFound: another's account. :raises HeirsUnclear:
        an heir named the others wrongly.
    """
    left = queries.leftover_of(case.policy.id, case.on)
    whose = _whose(case, left)
    if not any(left.owners.get(party) for party in whose):
        raise policies.NothingLeft
    if HEIR in case.roles:
        check_heirs(case, form, gone=frozenset(whose))
    require_own_account(case, form)


def _whose(case: Case, left: queries.Leftover) -> tuple[int, ...]:
    """Whose money is asked for: one's own; an heir asks for what is of those who have died."""
    if HEIR not in case.roles:
        return (case.asker_id,)
    return tuple(p for p in left.owners if people.died_on(p) is not None)


def quote(case: Case, form: Form, on: date) -> Quote:
    """What of it is what, before it goes out; the proofs of an heir are read by a person."""
    left = queries.leftover_of(case.policy.id, on)
    whose = _whose(case, left)
    lines: tuple[QuoteLine, ...] = ()
    if left.holder_id in whose:
        lines += (
            *unless_nil(_("溢交款"), left.suspense, 1),
            *unless_nil(_("预交的保险费"), left.prepaid, 1, _("终止日以后各期，没有起保")),
            *unless_nil(_("留存的红利及利息"), left.dividends, 1),
        )
    if left.insured_id in whose:
        lines += unless_nil(_("留存的生存金及利息"), left.survival, 1)
    return Quote(
        effective_on=on, lines=lines,
        pays_customer=sum((line.amount for line in lines), start=left.suspense * 0),
        account_id=form["account_id"], purpose="REFUND", warnings=(RETURN_AFTER_DAYS,),
        refer=_("需要核对死亡证明和继承关系") if HEIR in case.roles else "",
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Booked; the frame pays it out."""
    assert case.request is not None
    left = queries.leftover_of(case.policy.id, quote.effective_on)
    paid = policies.return_leftover(
        policy_id=case.policy.id, parties=_whose(case, left), expected=quote.pays_customer,
        about=case.request, actor=actor, at=at, as_of=quote.effective_on,
    )  # fmt: skip
    heirs = told_heirs(form) if HEIR in case.roles else ()
    return Effect(rows=((_("退还余款"), told(paid)), *heirs))


KIND = Kind(
    code="leftover",
    name=_("领回余款和红利"),
    group="MONEY",
    in_words=_(
        "多交的保险费、留存的红利随时可以领；保单终止后留下的生存金和预交的保险费，也在这里领回到您的卡上。"
    ),
    who=frozenset({HOLDER, INSURED, HEIR}),
    fields=(PAY_TO, *fields(ASKED_OF_HEIRS)),
    open_if=(something_rests,),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    living_only=False,
    second_party=HEIR,
)
