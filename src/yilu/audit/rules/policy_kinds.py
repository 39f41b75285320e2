"""What can differ in the books of a policy, by code, in words."""

from __future__ import annotations

from collections.abc import Mapping

from yilu.kernel.words import marked as _

POLICY_KINDS: Mapping[str, str] = {
    "LOAN_LEDGER": _("借款本金与保单账务不符"),
    "LOAN_OWED": _("保单登记的借款与借款账户不符"),
    "LOAN_PRINCIPAL": _("借款本金与按账务复算的不同"),
    "LOAN_INTEREST": _("借款利息与按日复算的不同"),
    "KEPT_INTEREST": _("留存款项的累积利息与按日复算的不同"),
    "NEGATIVE": _("保单账务出现负余额"),
    "PREMIUM_BOOKS": _("已交保险费与保单账务不符"),
    "SCHEDULE": _("已交保险费与按交费日应交的期数不符"),
    "PREMIUM_BOOKED": _("缴费订单的一笔保险费没有如数记入保单"),
    "ORDER_LINES": _("缴费订单合计不等于各笔之和"),
    "ORDER_RECEIVED": _("缴费订单的实收款不等于应收（少收、重复收款或未退回）"),
    "DUE_STATE": _("续期应收记为已交，保单仍待交费"),
    "UNPAID": _("宽限期满仍未交费，保单没有中止"),
    "LAPSED": _("保险费已交，保单却已中止"),
    "REQUEST_BOOKED": _("保全申请的金额与保单账务不符"),
    "REQUEST_PAID": _("保全申请应付金额与付款不符"),
    "REQUEST_RECEIVED": _("保全申请应收金额与实收不符"),
    "SELF_APPROVED": _("经办人审批了自己经办的申请"),
    "AUTHORITY": _("审批金额超过审批人当时的权限"),
    "NOT_APPROVED": _("应由人审批的申请没有审批就生效"),
    "PAID_OUT": _("保单账务转出的款项与付款不符"),
    "BENEFIT": _("到期的生存金或满期金没有如数记账"),
    "LEFT_LYING": _("保单已终止，客户的余款还在账上且无人经办"),
    "DIVIDEND": _("派发的红利与公布的红利率不符"),
    "ADDITION": _("红利购买的交清增额与价格或账务不符"),
    "RECORDING": _("录音录像在法定保存期限内或留存指令期间被删除"),
    "RECORDING_FILE": _("录音录像的文件不在、打不开或与登记的摘要不符"),
}
