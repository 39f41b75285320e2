"""变更受益人: the holder asks, the insured agrees on their own device; void after the event."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.servicing.frame import (
    CHOICE,
    HOLDER,
    INSURED,
    SHARES,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
)
from yilu.servicing.kinds.fitting import insured_lives, pays_at_death

HOW = (("NAMED", _("指定受益人")), ("LEGAL", _("不指定，由法定继承人受益")))


class AfterDeath(Refusal):
    """Once the insured has died the beneficiaries are who they were (解释三 11)."""

    code = "beneficiaries_after_death"
    message = _("被保险人身故后，不能再变更受益人")
    hint = _("保险事故发生后的变更无效（保险法司法解释三第十一条）。如登记有误，请致电客服核实。")


def check(case: Case, form: Form) -> None:
    """
    What both expressed in the insured's lifetime is valid, also where it is looked at later (解释三 10).

    :raises AfterDeath: the insured had died by then. :raises BadBeneficiaries: somebody twice, or
        shares that do not make 100 %.
    """
    died_on = people.died_on(case.policy.insured_id)
    if died_on is not None and (case.expressed_on is None or case.expressed_on > died_on):
        raise AfterDeath(Sentence(_("被保险人已于 {on} 身故，不能再变更受益人"), on=died_on))
    if form["how"] == "LEGAL":
        return
    if not form["shares"]:
        raise policies.BadBeneficiaries(_("请至少填写一位受益人"))
    policies.check_beneficiaries(_named(form))


def _named(form: Form) -> list[policies.NewBeneficiary]:
    return [
        policies.NewBeneficiary(party_id=s.party_id, ordinal=s.ordinal, share=s.share)
        for s in form["shares"]
    ]


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Whoever was named before is replaced; the insured has agreed by now."""
    shares = () if form["how"] == "LEGAL" else form["shares"]
    policies.change_beneficiaries(
        policy_id=case.policy.id, beneficiaries=_named(form) if shares else [],
        insured_consented=True, actor=actor, at=at, expressed_on=case.expressed_on,
    )  # fmt: skip
    names = people.list_parties([s.party_id for s in shares])
    rows = tuple(
        (_("受益人"), f"{s.ordinal}. {names[s.party_id].name} {(s.share * 100).normalize():f}%")
        for s in shares
    )
    return Effect(rows=rows or ((_("身故保险金受益人"), _("法定继承人")),))


KIND = Kind(
    code="beneficiaries",
    name=_("变更受益人"),
    group="PEOPLE",
    in_words=_("改由谁领取身故保险金。您提交后，被保险人在本人手机上同意才生效；同一顺位的份额合计 100%。"),
    who=frozenset({HOLDER}),
    fields=(
        Field(name="how", label=_("受益方式"), kind=CHOICE, choices=HOW),
        Field(
            name="shares", label=_("受益人、顺位和份额"), kind=SHARES, required=False,
            only_if=("how", "NAMED"),
        ),
    ),
    open_if=(insured_lives, pays_at_death),
    check=check,
    apply=apply,
    second_party=INSURED,
)  # fmt: skip
