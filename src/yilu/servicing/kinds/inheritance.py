"""投保人身故后的保单继承: an heir goes on with the contract."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.servicing.frame import (
    BENEFICIARY,
    CHOICE,
    DATE,
    GUARDIAN,
    HEIR,
    INSURED,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
)
from yilu.servicing.kinds.fitting import not_the_holder
from yilu.servicing.kinds.heirs import RELATIONS, check_heirs, fields, told_heirs


class HolderLives(Refusal):
    """The holder asks, so the holder has not died."""

    code = "holder_lives"
    message = _("投保人本人不能申请继承自己的保单")
    hint = _("想把保单交给别人，请办理“变更投保人”。")


class NotYetDied(Refusal):
    """The day is still to come, or lies before the contract."""

    code = "not_yet_died"
    message = _("身故日期不对")
    hint = _("请按死亡证明填写，日期不能晚于今天，也不能早于保单生效日。")
    status = 422


def check(case: Case, form: Form) -> None:
    """
    :raises HolderLives: the holder asks. :raises NotYetDied: a day that cannot be. :raises HeirsUnclear:
        see there.
    """
    if case.asker_id == case.policy.holder_id:
        raise HolderLives
    if form["died_on"] is not None and not case.policy.formed_on <= form["died_on"] <= case.on:
        raise NotYetDied
    check_heirs(case, form, gone=frozenset({case.policy.holder_id}))


def quote(case: Case, form: Form, on: date) -> Quote:
    """A person reads the proofs."""
    return Quote(
        effective_on=on,
        warnings=(
            _("每一位其他继承人都同意由您继续持有保单，才办理；有人不同意的，由工作人员处理。"),
        ),
        refer=_("需要核对死亡证明和继承关系"),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The heir holds it; from that day nothing changes in the holder's name."""
    assert case.request is not None
    people_operations.note_death(
        party_id=case.policy.holder_id, died_on=form["died_on"], about=case.request, at=at
    )
    policies.change_holder(
        policy_id=case.policy.id, holder_id=case.asker_id, reason="INHERITANCE", actor=actor, at=at
    )
    return Effect(rows=((_("投保人"), people.get_party(case.asker_id).name), *told_heirs(form)))


KIND = Kind(
    code="inheritance",
    name=_("投保人身故后继承保单"),
    group="PEOPLE",
    in_words=_(
        "投保人身故后，由一位继承人继续持有保单。其他继承人各自在手机上或柜面同意，核对证明后办理，保障不中断。"
    ),
    who=frozenset({INSURED, BENEFICIARY, GUARDIAN, HEIR}),
    fields=(
        Field(name="died_on", label=_("投保人身故日期"), kind=DATE),
        Field(name="relation", label=_("您是投保人的"), kind=CHOICE, choices=RELATIONS),
        *fields(),
    ),
    papers=True,
    open_if=(not_the_holder,),
    check=check,
    quote=quote,
    apply=apply,
    second_party=HEIR,
)
