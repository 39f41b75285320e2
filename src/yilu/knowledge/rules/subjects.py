"""
What a question is about and what it wants to know (主题、问法): two things that resemblance overlooks.

"借款几天到账" and "赔款多久到账" share most of their characters and nothing of their subject; "怎么取消"
and "怎么开通" are asked of the same thing. Lists of words, read after synonyms were made one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from yilu.knowledge.rules import text as texts

_SUBJECTS: Final = """
理赔 报案 赔款 资料 发票 医保 医院 等待期 重疾 身故 伤残 住院 意外 津贴 投诉 调解 保费 扣款 交费 借款 还款 利息
红利 年金 退保 现金价值 受益人 投保人 被保险人 代理人 保单 续保 复效 中止 宽限期 犹豫期 健康告知 核保 加费 除外
免赔额 保额 附加险 豁免 验证码 手机号 身份证 银行卡 地址 短信 提醒 通知 人工 机器人 客服 电话 柜面 上门 预约 回访
个人信息 孩子 老年 英文 灾害 自杀 酒驾 双录 委托 满期 垫交 职业 轻症 目录 医疗险 意外险 重疾险 寿险
车险 股票 天气 招聘 工资 房子
"""
_WANTED: Final = {
    "HOW_LONG": r"时间|什么时候|啥时候|何时|时限|哪天",
    "HOW_MUCH": r"多少|几块|费用|收费|手续费|利率|利息|几成|比例",
    "WHERE": r"哪里|哪儿|在哪|去哪|什么地方",
    "WHICH": r"什么资料|哪些|清单|需要什么|带什么|准备什么|要交什么",
    "WHY": r"为什么|为啥|怎么没|怎么还|怎么这么|怎么不|凭什么|凭啥|怎么少|怎么只",
    "WHETHER": r"能|行不行|是否|算不算|赔不赔|会.*吗|有没有|要不要|用不用|吗",
    "HOW": r"怎么|流程|步骤",
    "WHAT": r"是什么|什么意思|啥意思|什么叫|是指|什么是|区别",
}


def subjects(text: str) -> frozenset[str]:
    """The things of the trade that are named."""
    said = texts.canonical(text)
    return frozenset(word for word in _known_subjects() if word in said)


def wanted(text: str) -> frozenset[str]:
    """What is asked: how long, how much, where, which, why, whether, how, what; perhaps several."""
    said = texts.canonical(text)
    return frozenset(kind for kind, finder in _finders() if finder.search(said))


@cache
def _known_subjects() -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts.canonical(word) for word in _SUBJECTS.split()))


@cache
def _finders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in _WANTED.items())
