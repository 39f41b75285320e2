"""The queues there are: those of the catalogue come into being when they are first needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.words import marked as _
from yilu.work.models import Queue


class UnknownQueue(Refusal):
    """A queue nobody declared: a mistake of ours, said before anything is promised."""

    code = "unknown_queue"
    message = _("没有这个工作队列")


CATALOGUE: list[dict[str, Any]] = [
    {"code": "claims.intake", "label": _("报案受理"), "right": "claims.register"},
    {"code": "claims.waiting", "label": _("待同意报案"), "right": "claims.register"},
    {"code": "claims.disowned", "label": _("客户否认委托报案"), "right": "claims.review"},
    {"code": "claims.advance", "label": _("特定人员预付"), "right": "claims.assess"},
    {"code": "claims.documents", "label": _("资料核对"), "right": "claims.register"},
    {"code": "documents.verify", "label": _("票据人工确认"), "right": "claims.register", "pooled": True},
    {"code": "claims.review", "label": _("理赔审核"), "right": "claims.assess",
     "escalates_to": "claims.second_review"},
    {"code": "claims.second_review", "label": _("复核"), "right": "claims.review"},
    {"code": "claims.investigation", "label": _("调查核实"), "right": "claims.investigate"},
    {"code": "claims.consultant", "label": _("理赔顾问"), "right": "claims.register"},
    {"code": "claims.investigation_step", "label": _("调查步骤"), "right": "claims.investigate"},
    {"code": "claims.recovery", "label": _("追回审批"), "right": "claims.review"},
    {"code": "claims.mention", "label": _("同事请您查看"), "right": "claims.view"},
    {"code": "claims.part", "label": _("案件分工"), "right": "claims.view"},
    {"code": "claims.quality", "label": _("质量抽检"), "right": "claims.review"},
    {"code": "claims.quality_answer", "label": _("抽检结果反馈"), "right": "claims.view"},
    {"code": "claims.care", "label": _("重案协助"), "right": "claims.register"},
    {"code": "claims.payout_problem", "label": _("付款退回处理"), "right": "claims.pay"},
    {"code": "claims.payee_identity", "label": _("付款前核实收款人身份"), "right": "people.register"},
    {"code": "claims.sample", "label": _("事后抽样复核"), "right": "claims.review", "pooled": True},
    {"code": "claims.look_again", "label": _("已决案件资料变动"), "right": "claims.review"},
    {"code": "claims.chase", "label": _("资料跟踪"), "right": "claims.register"},
    {"code": "claims.call_customer", "label": _("联系客户"), "right": "claims.register"},
    {"code": "payments.reconcile", "label": _("对账差异"), "right": "payments.reconcile", "pooled": True},
    {"code": "payments.batch", "label": _("付款批次复核"), "right": "claims.pay", "pooled": True},
    {"code": "payments.recovery", "label": _("追回多付款"), "right": "claims.pay"},
    {"code": "audit.money", "label": _("金额差异"), "right": "audit.money", "pooled": True},
    {"code": "letters.problem", "label": _("文书异常"), "right": "system.operate", "pooled": True},
    {"code": "claims.letter", "label": _("理赔文书未出具"), "right": "claims.decide"},
    {"code": "underwriting.letter", "label": _("承保文书未出具"), "right": "underwriting.decide"},
    {"code": "servicing.letter", "label": _("保全文书未出具"), "right": "servicing.handle"},
    {"code": "complaints.letter", "label": _("投诉文书未出具"), "right": "complaints.handle"},
    {"code": "messaging.failed", "label": _("通知未送达"), "right": "claims.register"},
    {"code": "catastrophe.match", "label": _("应急：核对名单"), "right": "catastrophe.handle"},
    {"code": "catastrophe.contact", "label": _("应急：联系客户或家属"), "right": "catastrophe.handle"},
    {"code": "care.visit", "label": _("上门与现场服务"), "right": "care.visit"},
    {"code": "care.mediation", "label": _("人伤调解"), "right": "claims.assess"},
    {"code": "care.plan", "label": _("调解方案待确认"), "right": "claims.review"},
    {"code": "care.legal_aid", "label": _("法律援助"), "right": "claims.review"},
    {"code": "direct_billing.guarantee", "label": _("直付担保审批"), "right": "claims.decide"},
    {"code": "servicing.review", "label": _("保全审核"), "right": "servicing.handle"},
    {"code": "servicing.continue", "label": _("保全续办"), "right": "servicing.handle"},
    {"code": "people.data_request", "label": _("个人信息请求"), "right": "people.register"},
    {"code": "people.erasure", "label": _("删除客户资料复核"), "right": "people.register"},
    {"code": "people.merger", "label": _("合并客户资料复核"), "right": "people.register"},
    {"code": "people.privacy", "label": _("个人信息保护"), "right": "people.privacy"},
    {"code": "servicing.problem", "label": _("保全款项处理"), "right": "servicing.handle"},
    {"code": "policies.payee_identity", "label": _("保单付款前核实收款人身份"), "right": "people.register"},
    {"code": "policies.leftover", "label": _("保单余款退还"), "right": "servicing.handle"},
    {"code": "underwriting.review", "label": _("人工核保"), "right": "underwriting.decide"},
    {"code": "underwriting.talk", "label": _("核保员回电"), "right": "underwriting.decide"},
    {"code": "underwriting.second", "label": _("核保复核"), "right": "underwriting.decide"},
    {"code": "underwriting.follow_up", "label": _("新单回访"), "right": "contact.handle"},
    {"code": "underwriting.issue_problem", "label": _("到账未出单"), "right": "underwriting.decide"},
    {"code": "underwriting.recording", "label": _("双录质检"), "right": "underwriting.decide"},
    {"code": "renewals.call", "label": _("续期：致电客户"), "right": "renewals.handle"},
    {"code": "renewals.new_year", "label": _("续保：核定下一年度"), "right": "renewals.handle"},
    {"code": "renewals.advise", "label": _("续期：顾问跟进"), "right": "renewals.handle"},
    {"code": "renewals.unclaimed", "label": _("续期：待领款项"), "right": "renewals.handle"},
    {"code": "renewals.orphans", "label": _("续期：孤儿单承接"), "right": "renewals.handle"},
    {"code": "contact.problem", "label": _("问题件"), "right": "contact.handle"},
    {"code": "contact.sales_problem", "label": _("销售问题件跟踪"), "right": "contact.sales"},
    {"code": "contact.follow_up_visit", "label": _("新单上门回访"), "right": "contact.handle"},
    {"code": "journeys.continue", "label": _("断点接续"), "right": "journeys.handle", "pooled": True},
    {"code": "journeys.ahead", "label": _("提前帮忙"), "right": "journeys.handle"},
    {"code": "journeys.problem", "label": _("问题台账"), "right": "journeys.manage"},
    {"code": "journeys.close_out", "label": _("问题销号"), "right": "journeys.manage"},
    {"code": "voice.report", "label": _("部门月报答复"), "right": "voice.handle"},
    {"code": "voice.feedback", "label": _("客户反馈答复"), "right": "voice.handle"},
    {"code": "complaints.case", "label": _("投诉处理"), "right": "complaints.handle"},
    {"code": "complaints.tier2", "label": _("投诉升级：机构负责人"), "right": "complaints.decide"},
    {"code": "complaints.tier3", "label": _("投诉升级：争议投诉岗"), "right": "complaints.review"},
    {"code": "complaints.major", "label": _("重大投诉"), "right": "complaints.decide"},
    {"code": "complaints.late", "label": _("投诉期限临近"), "right": "complaints.decide"},
    {"code": "complaints.review", "label": _("投诉核查"), "right": "complaints.review"},
    {"code": "quality.training", "label": _("待学课程"), "right": "quality.train"},
    {"code": "quality.inspect", "label": _("服务质检"), "right": "quality.inspect"},
    {"code": "quality.result", "label": _("质检结果告知"), "right": "quality.inspect"},
    {"code": "quality.appeal", "label": _("质检申诉复核"), "right": "quality.inspect"},
    {"code": "quality.misrecorded", "label": _("核定是否投诉"), "right": "complaints.handle"},
    {"code": "quality.recover", "label": _("服务补救"), "right": "complaints.handle"},
    {"code": "quality.correct", "label": _("整改"), "right": "quality.view"},
    {"code": "quality.confirm", "label": _("整改确认"), "right": "quality.inspect"},
    {"code": "insight.disclosure", "label": _("信息披露"), "right": "insight.view"},
    {"code": "obligations.breach", "label": _("超时督办"), "right": "work.lead"},
]  # fmt: skip


@tx.use_case
def declare_queues(*, at: datetime) -> None:
    """Make the queues of the catalogue exist; those that exist keep what staff changed."""
    declare()


def declare() -> None:
    """The same inside a use case."""
    Queue.objects.bulk_create(
        [Queue(position=n, **row) for n, row in enumerate(CATALOGUE)], ignore_conflicts=True
    )


def known_queue(code: str) -> Queue:
    """The queue of that code. :raises UnknownQueue: if nobody declared it."""
    if not Queue.objects.filter(pk=code).exists():
        declare()
    try:
        return Queue.objects.get(pk=code)
    except Queue.DoesNotExist:
        raise UnknownQueue from None
