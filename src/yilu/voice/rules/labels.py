"""What the codes of voice mean, for screens."""

from __future__ import annotations

from yilu.kernel.words import marked as _

SOURCES = {
    "PAGE": _("服务页面"), "LINK": _("短信链接"), "CARD": _("服务反馈卡"), "WECHAT": _("微信窗口"),
    "BOX": _("意见箱"), "CLAIM": _("理赔评价"), "IMPORT": _("导入"),
}  # fmt: skip
"""By which way a voice came."""
NOT_OURS = ("IMPORT", "BOX")
"""Ways whose voices are no figures about us: those rest on what came through our own doors from the people themselves."""

JOURNEYS = {
    "claim": _("理赔"), "application": _("投保"), "servicing": _("保全"), "renewal": _("续期"),
    "direct_billing": _("医疗直付"), "contact": _("咨询"), "visit": _("上门服务"),
    "complaint": _("投诉处理"), "other": _("其他"),
}  # fmt: skip

WHO = {"CUSTOMER": _("客户"), "THIRD_PARTY": _("第三方（三者）"), "UNKNOWN": _("未说明")}

HANDLING_STATES = {
    "OPEN": _("待领取"), "TAKEN": _("办理中"), "REPLIED": _("已答复，等客户确认"),
    "SOLVED": _("客户确认已解决"), "SILENT": _("已答复，客户未再回应"), "NOTED": _("已记录，无法答复"),
}  # fmt: skip

BATCH_STATES = {
    "WAITING": _("等待开始"), "READING": _("正在导入"), "DONE": _("已完成"), "FAILED": _("未能完成"),
    "STOPPED": _("已停止"),
}  # fmt: skip

ANALYSIS_STATES = {
    "WAITING": _("等待开始"), "READING": _("正在分析"), "DONE": _("已完成"), "FAILED": _("未能完成"),
}  # fmt: skip

IMPROVEMENT_STATES = {
    "PLANNED": _("已立项"), "RUNNING": _("已上线"), "CLOSED": _("已收尾"), "DROPPED": _("已放弃"),
}  # fmt: skip

FROM_TABLES = (
    _("时效"), _("态度"), _("流程"), _("资料"), _("金额"), _("线上操作"), _("解释说明"), _("接通与联系"), _("诚信"),
    _("网点环境"), _("专业能力"), _("产品"), _("理赔结案"), _("保全办结"), _("承保出单"), _("续期缴费"),
    _("上门服务"), _("医疗直付"), _("咨询办结"),
)  # fmt: skip
"""Names in the catalogue's tables, here so that they are translated; a test holds both together."""
