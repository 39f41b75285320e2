"""What the law asks of each entry in the register of personal data protection (个保法 21, 24, 54-57)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Sentence, joined
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years

KEPT_YEARS = 3
"""An assessment and what was done about it are kept at least so long (个保法 56)."""


class BadPrivacyRecord(Invalid):
    """Something the law asks for is missing or cannot be; the sentence names it."""

    code = "bad_privacy_record"
    message = _("台账内容不完整")
    hint = _("请按页面提示补齐。")


@dataclass(frozen=True, slots=True)
class Field:
    """
    One thing to be said about an entry: free text, or one of ``choices``.

    ``later``: may be left open while it is a draft, and is asked for before it is approved.
    """

    name: str
    label: str
    hint: str = ""
    longest: int = 2000
    choices: tuple[tuple[str, str], ...] = ()
    later: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """
    What a kind of entry asks: its article, its texts, and what its days mean ("" where it has none).

    ``seconded``: it stands only when another person has approved it. An incident stands at once.
    """

    article: str
    fields: tuple[Field, ...]
    starts: str = ""
    until: str = ""
    seconded: bool = True


JUDGES: tuple[tuple[str, str], ...] = (
    ("CLAIMS", _("理赔直通：分案、理算和自动核定")),
    ("RISK", _("理赔风险信号和风险模型")),
    ("UNDERWRITING", _("自动核保：核保决策表")),
    ("SERVICING", _("保全自助直办：不经人工即时生效")),
    ("OFFERS", _("主动理赔：从已有资料找可能的理赔")),
    ("READING", _("单据和证件识别")),
    ("ANSWERS", _("智能客服：找答案和组织语言")),
    ("SPEECH", _("语音识别和语音合成")),
    ("VOICE", _("客户声音：主题、情绪和预测")),
    ("QUALITY", _("会话质检：像投诉而没有登记的会话")),
    ("FORETELLING", _("旅程预判：谁可能遇到困难")),
    ("DOUBLES", _("客户资料查重和名单比对")),
    ("OTHER", _("其他")),
)
"""Everything in the platform that judges by itself, and what an insurer adds; each wants an entry of its own."""

FORMS: Mapping[str, Form] = {
    "ASSESSMENT": Form(
        article=_("个人信息保护法第五十五条、第五十六条"),
        starts=_("从哪天起处理"), until=_("最迟哪天重新评估"),
        fields=(
            Field("ground", _("为什么要评估"), choices=(
                ("SENSITIVE", _("处理敏感个人信息")), ("AUTOMATED", _("利用个人信息进行自动化决策")),
                ("HANDED_ON", _("委托处理、向他人提供或公开")), ("ABROAD", _("向境外提供")),
                ("OTHER", _("对个人权益有重大影响的其他处理")),
            )),
            Field("data", _("处理哪些人的哪些信息")),
            Field("purpose", _("处理目的")),
            Field("method", _("处理方式")),
            Field("lawful", _("为什么合法、正当、必要")),
            Field("effect", _("对个人权益的影响")),
            Field("risk", _("安全风险")),
            Field("level", _("风险高低"), choices=(
                ("LOW", _("低")), ("MEDIUM", _("中")), ("HIGH", _("高")),
            )),
            Field("measures", _("保护措施，以及为什么与风险相称")),
        ),
    ),
    "PROCESSOR": Form(
        article=_("个人信息保护法第二十一条"), starts=_("委托从哪天起"), until=_("委托到哪天止"),
        fields=(
            Field("contract", _("合同编号"), longest=100),
            Field("purpose", _("委托处理的目的")),
            Field("method", _("处理方式")),
            Field("data", _("哪些人的哪些信息")),
            Field("protection", _("约定的保护措施")),
            Field("duties", _("双方的权利义务"), _("包括能不能转委托：没有我们同意，不得转委托。")),
            Field("supervision", _("怎样监督、多久一次")),
        ),
    ),
    "INCIDENT": Form(
        article=_("个人信息保护法第五十七条"), seconded=False,
        fields=(
            Field("data", _("泄露、篡改或丢失的信息种类")),
            Field("cause", _("原因")),
            Field("harm", _("可能造成的危害")),
            Field("measures", _("已采取的补救措施")),
            Field("own_measures", _("个人可以采取的减轻危害的措施")),
            Field("contact", _("对外的联系方式"), longest=200),
        ),
    ),
    "AUDIT": Form(
        article=_("个人信息保护法第五十四条"), until=_("最迟哪天完成"),
        fields=(
            Field("scope", _("审计范围和期间")),
            Field("auditor", _("由谁审计"), longest=200),
            Field("findings", _("发现的问题"), _("审计完成后填写。"), later=True),
            Field("corrections", _("整改要求和期限"), _("没有的写“无”。"), later=True),
        ),
    ),
    "MODEL": Form(
        article=_("个人信息保护法第二十四条；监管部门关于人工智能安全应用的要求（据二手资料为金发〔2026〕8号，待保险公司确认）"),
        starts=_("最近一次复核在哪天"), until=_("最迟哪天再复核"),
        fields=(
            Field("judge", _("哪一种模型或自动判断"), choices=JUDGES),
            Field("purpose", _("用来做什么，影响谁")),
            Field("owner", _("由谁负责"), longest=200),
            Field("version", _("现在用的版本"), _("决策表写版本号，模型写编号和训练日期。"), longest=200),
            Field("data", _("用了哪些数据，训练和校验的数据从哪里来")),
            Field("limits", _("边界：哪些事不由它决定"), _("机器可以通过，拒绝和减损只能由人作出。")),
            Field("oversight", _("人怎样监督：谁能看到、改正、停用")),
            Field("review", _("最近一次复核看了什么、结果怎样")),
        ),
    ),
}  # fmt: skip
"""By kind, in the order of the page."""


def read_answers(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """What was typed for a kind, trimmed. :raises BadPrivacyRecord: naming what is missing or too long."""
    if kind not in FORMS:
        raise BadPrivacyRecord(_("没有这一类台账"))
    said = {}
    missing = [
        f.label for f in FORMS[kind].fields if not (f.later or given.get(f.name, "").strip())
    ]
    if missing:
        raise BadPrivacyRecord(Sentence(_("请填写：{labels}"), labels=joined(missing)))
    for field in FORMS[kind].fields:
        text = given.get(field.name, "").strip()
        if "\x00" in text:
            raise BadPrivacyRecord(Sentence(_("请填写“{label}”"), label=field.label))
        if field.choices and text not in dict(field.choices):
            raise BadPrivacyRecord(Sentence(_("请选择“{label}”"), label=field.label))
        if len(text) > field.longest:
            raise BadPrivacyRecord(
                Sentence(_("“{label}”请不超过 {most} 字"), label=field.label, most=field.longest)
            )
        said[field.name] = text
    return said


def check_whole(kind: str, said: Mapping[str, str]) -> None:
    """:raises BadPrivacyRecord: for what a draft may leave open and an approved entry may not."""
    for field in FORMS[kind].fields:
        if not said.get(field.name):
            raise BadPrivacyRecord(Sentence(_("请填写“{label}”"), label=field.label))


def check_days(kind: str, starts_on: date | None, until: date | None) -> None:
    """:raises BadPrivacyRecord: unless the days the kind asks for are there and in order."""
    form = FORMS[kind]
    for label, day in ((form.starts, starts_on), (form.until, until)):
        if label and day is None:
            raise BadPrivacyRecord(Sentence(_("请填写“{label}”"), label=label))
    if starts_on is not None and until is not None and until < starts_on:
        raise BadPrivacyRecord(_("结束的日子不能早于开始的日子"))


def kept_until(approved_at: datetime | None) -> date | None:
    """Until when an entry must be kept at least; None while nobody has approved it."""
    return None if approved_at is None else add_years(day_of(approved_at), KEPT_YEARS)


def missing_notices(steps: Sequence[str]) -> tuple[str, ...]:
    """
    Whom nobody has told yet of an incident: AUTHORITY, PERSONS.

    The authority is told of each one; persons need not be where two people agreed that the measures
    keep harm away (个保法 57).
    """
    missing = [] if "AUTHORITY_TOLD" in steps else ["AUTHORITY"]
    if not {"PERSONS_TOLD", "NOT_TOLD_AGREED"} & set(steps):
        missing.append("PERSONS")
    return tuple(missing)


def asks_not_to_tell(steps: Sequence[str]) -> bool:
    """Whether a proposal not to tell the persons waits for somebody else; steps in their order."""
    asked = [s for s in steps if s.startswith("NOT_TOLD_") or s == "PERSONS_TOLD"]
    return bool(asked) and asked[-1] == "NOT_TOLD_ASKED"


def began_too_early(kind: str, starts_on: date | None, approved_at: datetime | None) -> bool:
    """Whether processing began before its assessment stood: the law wants it beforehand (个保法 55)."""
    if kind != "ASSESSMENT" or starts_on is None or approved_at is None:
        return False
    return starts_on < day_of(approved_at)
