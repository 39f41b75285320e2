"""A model from asking for it to its retirement: trained by the machine, released by a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.risk import events, memory
from yilu.risk.models import RiskModel
from yilu.standards import operations as standards

State = RiskModel.State
EXAMPLES_MIN, EACH_MIN = 200, 30
"""Fewer claims, or fewer of either kind, and no interval would mean anything."""


class AlreadyTraining(Refusal):
    """One training at a time."""

    code = "already_training"
    message = "正在训练一个模型"
    hint = "请等它完成。"


class NotReleasable(Refusal):
    """A model that does not beat logistic regression has nothing to add."""

    code = "model_not_better"
    message = "这个模型没有胜过逻辑回归，不能发布"
    hint = "差值的 95% 区间必须全部大于零；请积累更多核实结果后重新训练。"


class NotTrained(Refusal):
    """Only a model that waits for its release can be released."""

    code = "model_not_trained"
    message = "这个模型现在不能发布或停用"
    hint = "请刷新页面查看它的状态。"


class SamePerson(Refusal):
    """Four eyes."""

    code = "model_same_person"
    message = "训练和发布不能是同一个人"
    hint = "请另一位有权限的同事核对模型卡后发布。"


class ReasonMissing(Invalid):
    """A release says why."""

    code = "model_reason_missing"
    message = "请写明理由"
    hint = "至少 5 个字，例如核对了模型卡的哪些内容。"


@tx.use_case
def ask_for_training(*, access: Access, actor: Ref, at: datetime) -> int:
    """
    Have a model trained in the background on everything people have established so far.

    :raises NotAllowed: without the right. :raises AlreadyTraining: one is under way.
    """
    access.require("risk.model")
    model_id = begin(actor=actor, at=at)
    journal.defer("risk.train", model_id=model_id)
    return model_id


@tx.step
def begin(*, actor: Ref, at: datetime) -> int:
    """A model under way. :raises AlreadyTraining: another is."""
    try:
        with transaction.atomic():
            model = RiskModel.objects.create(state=State.TRAINING, asked_by=str(actor), asked_at=at)
    except IntegrityError:
        raise AlreadyTraining from None
    return int(model.pk)


begin_training = tx.use_case(begin)


@tx.use_case
def keep_trained(
    *, model_id: int, kept: Mapping[str, Any], card: Mapping[str, Any], at: datetime
) -> None:
    """Keep what training made, once; it waits for a person."""
    done = RiskModel.objects.filter(pk=model_id, state=State.TRAINING).update(
        state=State.TRAINED, kept=dict(kept), card=dict(card), trained_at=at
    )
    if done:
        journal.record(
            events.ModelTrained(examples=int(card["examples"]), confirmed=int(card["confirmed"])),
            about=Ref("risk_model", model_id), actor=Ref("system", 0), at=at,
        )  # fmt: skip


@tx.use_case
def give_up_training(*, model_id: int, problem: str, at: datetime) -> None:
    """Say why no model could be trained."""
    RiskModel.objects.filter(pk=model_id, state=State.TRAINING).update(
        state=State.FAILED, problem=problem[:200], trained_at=at
    )


@tx.use_case
def release_model(*, model_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Put a model in use; the one in use until now is retired. It only ever adds the signal MODEL.

    :raises NotAllowed: without the right. :raises NotFound: no such model.
    :raises NotTrained: it is not waiting. :raises SamePerson: who had it trained.
    :raises NotReleasable: it does not beat logistic regression with its whole interval.
    :raises ReasonMissing: without a reason.
    """
    access.require("risk.model")
    if len(reason.strip()) < 5:
        raise ReasonMissing
    # In the order of ids: two people releasing two models never wait for each other in a circle.
    rows = list(
        RiskModel.objects.select_for_update().filter(state__in=[State.TRAINED, State.RELEASED])
        .order_by("pk").only("pk", "state", "asked_by", "card")
    )  # fmt: skip
    model = next((m for m in rows if m.pk == model_id), None)
    if model is None:
        if not RiskModel.objects.filter(pk=model_id).exists():
            raise NotFound
        raise NotTrained
    if model.state != State.TRAINED:
        raise NotTrained
    if model.asked_by == str(actor):
        raise SamePerson
    if not beats_logistic(model.card):
        raise NotReleasable
    for old in rows:
        if old.state == State.RELEASED:
            _retire(old.pk, actor, at)
    RiskModel.objects.filter(pk=model_id).update(
        state=State.RELEASED, released_by=str(actor), released_at=at, release_reason=reason.strip()
    )
    standards.touch(memory.MODEL)
    journal.record(events.ModelReleased(), about=Ref("risk_model", model_id), actor=actor, at=at)


@tx.use_case
def retire_model(*, model_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take the model out of use, from the next claim on.

    :raises NotAllowed: without the right. :raises NotTrained: it is not in use.
    """
    access.require("risk.model")
    if not _retire(model_id, actor, at):
        raise NotTrained
    standards.touch(memory.MODEL)


def _retire(model_id: int, actor: Ref, at: datetime) -> bool:
    done = RiskModel.objects.filter(pk=model_id, state=State.RELEASED).update(
        state=State.RETIRED, retired_by=str(actor), retired_at=at
    )
    if done:
        journal.record(events.ModelRetired(), about=Ref("risk_model", model_id), actor=actor, at=at)
    return bool(done)


def beats_logistic(card: Mapping[str, Any]) -> bool:
    """Whether the whole 95 % interval of the difference of AUC lies above zero, on enough claims."""
    enough = card["examples"] >= EXAMPLES_MIN and EACH_MIN <= card["confirmed"] <= (
        card["examples"] - EACH_MIN
    )
    return bool(enough and card["auc"]["difference"][1] > 0)
