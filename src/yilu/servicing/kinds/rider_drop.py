"""附加险退保: the rider alone ends, the main policy goes on."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import has_riders
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told


def riders(case: Case) -> tuple[tuple[str, str], ...]:
    """The riders that hang on this policy; the main one is not among them."""
    parts = queries.surrender_of(case.policy.id, case.on)
    return tuple(
        (str(p.policy_id), f"{p.product_name} {p.number}")
        for p in parts
        if p.policy_id != case.policy.id
    )


def check(case: Case, form: Form) -> None:
    """:raises PolicyRestrained …: with the way on."""
    policies.require_changeable(int(form["rider"]))
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """The rider's own value, mostly nil."""
    parts = queries.surrender_of(int(form["rider"]), on)
    pays = sum((part.pays for part in parts), ZERO)
    return Quote(
        effective_on=on,
        lines=tuple(QuoteLine(_("退还金额"), part.pays, 1, part.product_name) for part in parts),
        pays_customer=pays,
        account_id=form["account_id"],
        purpose="SURRENDER",
        warnings=(_("附加险保障自办结时终止，主险不受影响。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Ended."""
    assert case.request is not None
    name = dict(riders(case)).get(form["rider"], "")
    back = policies.drop_rider(
        rider_id=int(form["rider"]), expected=quote.pays_customer, about=case.request, actor=actor,
        at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(rows=((_("已退保的附加险"), name), (_("退还金额"), told(back.paid))))


KIND = Kind(
    code="rider_drop",
    name=_("附加险退保"),
    group="END",
    in_words=_("只退附加险，主险继续有效。"),
    fields=(
        Field(name="rider", label=_("退哪一份附加险"), kind=CHOICE, choices=riders),
        PAY_TO,
    ),
    open_if=(has_riders,),
    check=check,
    quote=quote,
    apply=apply,
    proves=True,
    clock="SURRENDER",
)  # fmt: skip
