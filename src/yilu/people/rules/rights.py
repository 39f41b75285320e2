"""Who may do what: roles, their rights and amounts, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.errors import NotAllowed
from yilu.kernel.words import marked as _

RIGHTS: Mapping[str, str] = {
    "claims.view": _("查看赔案"),
    "claims.register": _("报案登记与立案"),
    "claims.assess": _("理赔审核"),
    "claims.decide": _("核定赔付"),
    "claims.decline": _("核定不予赔付"),
    "claims.review": _("复核"),
    "claims.investigate": _("调查"),
    "claims.pay": _("发起与更正付款"),
    "claims.supplement_again": _("批准再次要求补充资料"),
    "work.lead": _("分派与调度工作"),
    "people.view": _("查看客户"),
    "people.register": _("客户建档与变更"),
    "people.unmask": _("查看敏感信息"),
    "people.match": _("按名单查找客户"),
    "people.staff": _("管理员工与角色"),
    "people.privacy_read": _("查看个人信息保护台账"),
    "people.privacy": _("登记与批准个人信息保护台账"),
    "standards.edit": _("修改标准与规则"),
    "obligations.edit": _("修改时效承诺"),
    "system.operate": _("系统运维"),
    "payments.reconcile": _("银行对账"),
    "payments.write_off": _("核销追回款"),
    "risk.view": _("查看风险提示"),
    "risk.model": _("训练、发布风险模型"),
    "audit.money": _("金额稽核"),
    "care.visit": _("上门与现场服务"),
    "catastrophe.declare": _("宣布与结束重大突发事件"),
    "catastrophe.handle": _("办理重大突发事件客户"),
    "insight.view": _("经营分析与条款测算"),
    "underwriting.view": _("查看投保件"),
    "underwriting.apply": _("受理投保"),
    "underwriting.decide": _("核保"),
    "underwriting.decline": _("核保拒保与延期"),
    "underwriting.tables": _("修改核保规则"),
    "servicing.view": _("查看保全件"),
    "servicing.handle": _("办理保全"),
    "servicing.call": _("电话代填保全（客户本人确认）"),
    "servicing.approve": _("保全审批"),
    "renewals.view": _("查看续期"),
    "renewals.handle": _("续期服务"),
    "messaging.manage": _("起草与审批通知模板"),
    "journeys.view": _("查看客户旅程与断点"),
    "journeys.handle": _("接续断点"),
    "journeys.manage": _("管理旅程与问题台账"),
    "contact.view": _("查看会话与看板"),
    "contact.handle": _("接听与回复客户"),
    "contact.supervise": _("坐席排班与绿色通道"),
    "contact.sales": _("跟踪销售问题件"),
    "video.view": _("查看视频服务与录像"),
    "video.serve": _("视频服务"),
    "knowledge.view": _("查看与起草知识"),
    "knowledge.approve": _("批准知识"),
    "voice.view": _("查看客户之声"),
    "voice.handle": _("答复客户反馈"),
    "voice.manage": _("导入、分析与改进客户之声"),
    "complaints.view": _("查看投诉"),
    "complaints.handle": _("办理投诉"),
    "complaints.decide": _("投诉升级处理与延期认定"),
    "complaints.review": _("争议投诉与核查"),
    "retention.view": _("查看留存指令"),
    "retention.hold": _("下达与解除留存指令"),
    "quality.view": _("查看服务质量"),
    "quality.inspect": _("服务质检"),
    "quality.manage": _("管理服务标准与考试"),
    "quality.train": _("组织培训与更正演练得分"),
    "scorecards.view": _("查看服务考核"),
    "scorecards.export": _("导出服务考核明细"),
    "scorecards.manage": _("管理考核方案、服务明星与提升活动"),
}
"""Every right there is, by code."""

ROLE_RIGHTS: Mapping[str, frozenset[str]] = {
    "INTAKE": frozenset({"claims.view", "claims.register", "people.view", "people.register", "people.unmask"}),
    "REGISTRAR": frozenset({"claims.view", "claims.register", "people.view", "people.register", "people.unmask"}),
    "ASSESSOR": frozenset(
        {"video.view", "video.serve", "claims.view", "claims.register", "claims.assess", "claims.decide", "claims.decline",
         "people.view", "people.unmask", "risk.view"}
    ),
    "REVIEWER": frozenset(
        {"video.view", "video.serve", "claims.view", "claims.assess", "claims.decide", "claims.decline", "claims.review",
         "people.view", "people.unmask", "risk.view"}
    ),
    "INVESTIGATOR": frozenset(
        {"claims.view", "claims.investigate", "people.view", "people.unmask", "risk.view",
         "care.visit"}
    ),
    "TEAM_LEAD": frozenset(
        {"scorecards.view", "scorecards.export", "video.view", "video.serve", "quality.view", "quality.train", "quality.inspect", "knowledge.view", "complaints.view", "complaints.handle", "complaints.decide", "journeys.handle", "journeys.manage", "journeys.view", "claims.view", "claims.register", "claims.assess", "claims.decide", "claims.decline",
         "claims.review", "claims.investigate", "claims.supplement_again", "work.lead",
         "payments.write_off", "people.view", "people.unmask", "risk.view", "insight.view",
         "catastrophe.declare", "catastrophe.handle", "people.match", "care.visit",
         "contact.view", "contact.handle", "contact.supervise", "contact.sales", "voice.view", "voice.handle"}
    ),
    "PAYMENTS": frozenset(
        {"claims.view", "claims.pay", "payments.reconcile", "people.view", "people.unmask"}
    ),
    "CONSULTANT": frozenset(
        {"video.view", "video.serve", "complaints.view", "complaints.handle", "journeys.handle", "journeys.view", "claims.view", "claims.register", "people.view", "people.register", "people.unmask",
         "catastrophe.handle", "care.visit", "voice.handle"}
    ),
    "COUNTER": frozenset(
        {"video.view", "video.serve", "complaints.view", "complaints.handle", "journeys.handle", "journeys.view", "claims.view", "claims.register", "people.view", "people.register", "people.unmask",
         "underwriting.view", "underwriting.apply", "servicing.view", "servicing.handle", "servicing.call",
         "renewals.view", "voice.handle", "care.visit"}
    ),
    "CALL_AGENT": frozenset(
        {"video.view", "video.serve", "knowledge.view", "complaints.view", "complaints.handle", "journeys.handle", "journeys.view", "claims.view", "claims.register", "people.view", "people.unmask", "servicing.view", "servicing.call",
         "renewals.view", "renewals.handle", "contact.view", "contact.handle", "voice.handle"}
    ),
    "UNDERWRITER": frozenset(
        {"underwriting.view", "underwriting.decide", "underwriting.decline", "underwriting.tables",
         "claims.view", "people.view", "people.unmask"}
    ),
    "SERVICING": frozenset(
        {"video.view", "video.serve", "complaints.view", "complaints.handle", "journeys.handle", "journeys.view", "servicing.view", "servicing.handle", "servicing.call", "servicing.approve", "people.view",
         "people.register", "people.unmask"}
    ),
    "RENEWAL_ADVISER": frozenset(
        {"complaints.view", "complaints.handle", "journeys.handle", "journeys.view", "renewals.view", "renewals.handle", "servicing.view", "people.view", "people.unmask",
         "contact.view", "contact.sales"}
    ),
    "SERVICE_MANAGER": frozenset(
        {"retention.view", "retention.hold", "scorecards.view", "scorecards.export", "scorecards.manage", "video.view", "video.serve", "quality.view", "quality.train", "quality.inspect", "quality.manage", "knowledge.view", "knowledge.approve", "messaging.manage", "complaints.view", "complaints.handle", "complaints.decide", "journeys.handle", "journeys.manage", "journeys.view", "underwriting.view", "servicing.view", "servicing.approve", "renewals.view",
         "renewals.handle", "claims.view", "claims.supplement_again", "work.lead", "people.view", "people.register",
         "people.unmask", "obligations.edit", "catastrophe.declare", "catastrophe.handle",
         "people.match", "insight.view", "contact.view", "contact.handle", "contact.supervise",
         "contact.sales", "voice.view", "voice.handle", "voice.manage"}
    ),
    "COMPLAINT_OFFICER": frozenset(
        {"retention.view", "retention.hold", "video.view", "quality.view", "quality.inspect", "complaints.view", "complaints.handle", "complaints.decide", "complaints.review",
         "people.view", "people.unmask", "claims.view", "servicing.view", "underwriting.view",
         "renewals.view", "contact.view", "journeys.view", "voice.view"}
    ),
    "STANDARDS_EDITOR": frozenset({"quality.view", "quality.train", "quality.manage", "knowledge.view", "knowledge.approve", "messaging.manage", "journeys.manage", "journeys.view", "insight.view", "standards.edit", "obligations.edit", "risk.model", "voice.view"}),
    "PRIVACY_OFFICER": frozenset({"people.privacy", "people.privacy_read"}),
    "OPERATOR": frozenset({"system.operate", "people.staff"}),
    "AUDITOR": frozenset(
        {"retention.view", "video.view", "quality.view", "knowledge.view", "complaints.view", "journeys.view", "claims.view", "underwriting.view", "servicing.view", "renewals.view", "people.view",
         "risk.view", "audit.money", "contact.view", "voice.view", "people.privacy_read"}
    ),
}  # fmt: skip
"""What each role may do. An auditor sees and says what differs, but neither unmasks nor changes."""

STANDARD_LIMITS: Mapping[str, Decimal] = {
    "ASSESSOR": Decimal("50000.00"),
    "REVIEWER": Decimal("200000.00"),
    "TEAM_LEAD": Decimal("1000000.00"),
    "PAYMENTS": Decimal("1000000.00"),
    "UNDERWRITER": Decimal("2000000.00"),
    "SERVICING": Decimal("500000.00"),
    "SERVICE_MANAGER": Decimal("2000000.00"),
    "COMPLAINT_OFFICER": Decimal("200000.00"),
    "COUNTER": Decimal("500.00"),
    "CALL_AGENT": Decimal("500.00"),
    "CONSULTANT": Decimal("500.00"),
    "RENEWAL_ADVISER": Decimal("500.00"),
}
"""The amount authority of a role where none is given; other roles decide about no money."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role, where it holds and up to which amount."""

    role: str
    office_ids: frozenset[int]
    amount_limit: Decimal


@dataclass(frozen=True, slots=True)
class Access:
    """
    What one member of staff may do, where and up to which amount (权限).

    Loaded by ``queries.staff_access`` once a request; plain data, safe to pass down.
    """

    staff_id: int
    username: str
    name: str
    office_id: int
    session_epoch: int
    grants: tuple[Grant, ...]
    password_due: bool = False
    """Signed in with a one-time password: the first thing to do is to choose one's own."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def rights(self) -> frozenset[str]:
        """The rights held anywhere."""
        return frozenset().union(*(ROLE_RIGHTS[grant.role] for grant in self.grants))

    @property
    def office_ids(self) -> frozenset[int]:
        """Every office in which this person has some role: what lists may show."""
        return frozenset().union(*(grant.office_ids for grant in self.grants))

    def offices_for(self, right: str) -> frozenset[int]:
        """The offices over which one right is held."""
        return frozenset().union(
            *(grant.office_ids for grant in self.grants if right in ROLE_RIGHTS[grant.role])
        )

    def limit_for(self, right: str, office_id: int | None = None) -> Decimal:
        """The largest amount this person may decide about with a right; zero if none."""
        amounts = [grant.amount_limit for grant in self._with(right, office_id)]
        return max(amounts, default=Decimal("0.00"))

    def may(self, right: str, office_id: int | None = None, amount: Decimal | None = None) -> bool:
        """
        Whether one and the same role gives the right, over the office, up to the amount.

        :raises KeyError: for a right that does not exist: a slip in the program, not a refusal.
        """
        if right not in RIGHTS:
            raise KeyError(right)
        return any(
            amount is None or amount <= grant.amount_limit for grant in self._with(right, office_id)
        )

    def require(
        self, right: str, office_id: int | None = None, amount: Decimal | None = None
    ) -> None:
        """:raises NotAllowed: unless ``may`` says yes; says whether right, branch or amount lacks."""
        if self.may(right, office_id, amount):
            return
        if not self.may(right):
            raise NotAllowed()
        if not self.may(right, office_id):
            raise OutsideOffices()
        raise AboveAuthority()

    def _with(self, right: str, office_id: int | None) -> list[Grant]:
        return [
            grant
            for grant in self.grants
            if right in ROLE_RIGHTS[grant.role]
            and (office_id is None or office_id in grant.office_ids)
        ]


class OutsideOffices(NotAllowed):
    """The right is held, but not over this office."""

    code = "outside_offices"
    message = "该业务不在您管辖的机构范围内"
    hint = "请转交业务所属机构的同事办理。"


class AboveAuthority(NotAllowed):
    """The right is held, but the amount is above this person's authority."""

    code = "above_authority"
    message = "金额超出您的核定权限"
    hint = "请提交给权限更高的同事复核。"
