"""What keeps somebody's data from being erased, and whether two looks at it saw the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yilu.kernel.words import marked as _

GOES = (
    _(
        "姓名、性别、出生日期、证件号、电话、邮箱、地址、银行账号和检索用的索引，连同改动前的历史版本"
    ),
    _("消息、来信、通话与会话的文字和所用的号码"),
    _("上传的资料文件、识别出的内容和出具的文书"),
    _("没有成立合同的投保申请里填写、告知和评定的内容"),
    _("保全、投诉、评价、问题件和服务补救里的文字，填了一半的表单"),
)
"""What is erased, in words for whoever decides."""

STAYS = (
    (_("业务日志和存证链"), _("记录发生过什么，依法不得改动；里面只有编号和金额，没有姓名和号码")),
    (_("同意与撤回的日期"), _("个人信息保护法第十四条、第十五条：须能证明当时取得过同意")),
    (
        _("收付款的金额、日期和遮盖后的账号"),
        _("会计档案管理办法（财政部、国家档案局令第79号）：会计凭证保存三十年"),
    ),
    (_("退订的号码，只留不能还原的摘要"), _("个人信息保护法第十五条：撤回同意以后须一直照办")),
    (_("录音录像，到各自的保存期限"), _("可回溯管理办法第十三条：到期由系统删除")),
)
"""What stays, and the rule by which it does."""

STILL_OPEN = _("还没有办结，资料仍为办理所必需（个人信息保护法第四十七条）")
"""The rule by which whatever is open keeps the data it is about."""


@dataclass(frozen=True, slots=True)
class Keeps:
    """
    One thing for which somebody's data is kept (须保存的事项), as the room that has it says.

    ``what`` and ``rule`` are read by people; ``until`` is the last day, None while nobody can say: it is
    still open. ``alone``: the thing itself stays until then, all else may go. One whose day has passed keeps nothing any more, but is shown, and counts in ``digest``.
    """

    ref: str
    what: str
    rule: str
    until: date | None
    alone: bool = False

    def stands(self, today: date) -> bool:
        """Whether the data may not go yet because of this."""
        return not self.alone and (self.until is None or self.until >= today)


def still_open(ref: str, what: str) -> Keeps:
    """What keeps the data for as long as it is not finished."""
    return Keeps(ref, what, STILL_OPEN, None)


def digest(found: Iterable[Keeps]) -> str:
    """Two looks of one digest saw the same things kept until the same days, in whatever order."""
    told = sorted(f"{each.ref}|{each.until or ''}" for each in found)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
