"""The words of a disaster: kinds, levels, measures, what became of somebody. Pure."""

from __future__ import annotations

from yilu.kernel.words import marked as _

KINDS = {
    "RAINSTORM": _("暴雨洪涝"), "TYPHOON": _("台风"), "EARTHQUAKE": _("地震"),
    "LANDSLIDE": _("滑坡泥石流"), "FIRE": _("火灾"), "EXPLOSION": _("爆炸"),
    "TRAFFIC": _("交通事故"), "MINE": _("矿山事故"), "EPIDEMIC": _("公共卫生事件"),
    "OTHER": _("其他"),
}  # fmt: skip
"""What happened."""

LEVELS = {"I": _("特别重大"), "II": _("重大"), "III": _("较大"), "IV": _("一般")}
"""How grave, by the state's scale (突发事件应对法)."""

MEASURES = {
    "GREEN_LANE": (_("理赔绿色通道"), _("赔案排在最前，一万元以内资料齐全的直接赔付。")),
    "FEWER_PAPERS": (_("简化理赔资料"), _("不要求提交事故证明、费用清单、处方和诊断证明。")),
    "ANY_HOSPITAL": (_("取消定点医院限制"), _("就近治疗，不问是否医保定点医院。")),
    "NO_SOCIAL_INSURANCE_LIMIT": (_("取消医保用药限制"), _("抢救所需的药品和项目由人工从宽核定。")),
    "ADVANCE": (_("先行赔付"), _("能确定的部分先付，不等全部资料。")),
    "ANYONE_REPORTS": (_("任何人可报案"), _("家属、同事、医院都可以替客户报案，不先要求同意书。")),
    "PROACTIVE": (_("主动排查客户"), _("按伤亡名单主动查找客户、主动报案，不等客户来。")),
    "DOOR_SERVICE": (_("上门与床旁服务"), _("到医院或家中收取资料，客户不用出门。")),
    "EXTENDED_HOURS": (_("延长服务时间"), _("报案电话和应急专班昼夜值守。")),
}  # fmt: skip
"""Emergency measures (应急措施): what each is called and what it means, in plain words."""

USUAL_MEASURES = tuple(MEASURES)

CARRIED_OUT_WITHIN = {
    "GREEN_LANE": 30, "ANYONE_REPORTS": 30, "EXTENDED_HOURS": 30, "FEWER_PAPERS": 60,
    "ANY_HOSPITAL": 60, "NO_SOCIAL_INSURANCE_LIMIT": 60, "PROACTIVE": 60, "DOOR_SERVICE": 120,
    "ADVANCE": 120,
}  # fmt: skip
"""Minutes after the declaration within which a measure is to work, unless its owner is told otherwise."""

MOBILE_SOURCE = _("现场移动报案")
"""The source of lines that the team wrote down at the scene, phone in hand."""

CONDITIONS = {
    "DEAD": _("遇难"), "INJURED": _("受伤"), "MISSING": _("失联"), "SAFE": _("平安"),
    "UNKNOWN": _("不详"),
}  # fmt: skip
"""What became of somebody, as the list says."""

CLAIM_TYPES = {"DEAD": ("DEATH",), "INJURED": ("ACCIDENT", "MEDICAL")}
"""What is opened without being asked, by condition: the first a policy answers for."""

CONTACTS = {
    "REACHED": _("已联系上本人"), "FAMILY": _("已联系上家属"), "NO_ANSWER": _("无人接听"),
    "WRONG_PERSON": _("不是本人（匹配有误）"), "DECLINED": _("暂不需要服务"),
}  # fmt: skip
"""How an attempt to reach somebody ended."""
REACHED = frozenset({"REACHED", "FAMILY", "DECLINED"})

GOAL_HOURS = 7
"""From the declaration to the last payment: what the insurer once did and pledges (7 小时)."""
