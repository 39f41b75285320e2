"""Everything we hold about one person, as tables to take away (个人信息副本; 个保法 45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from yilu.claims import queries as claims
from yilu.claims.queries.ratings import ratings_of
from yilu.complaints import queries as complaints
from yilu.contact.queries import conversations
from yilu.documents import queries as documents
from yilu.journal import queries as journal
from yilu.kernel.days import CHINA
from yilu.kernel.refs import Ref
from yilu.messaging import queries as messaging
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.servicing import queries as servicing
from yilu.underwriting import queries as underwriting

MOST = 2_000
"""Rows of a table at most; nobody's own file comes near it."""
ROLES = {"HOLDER": _("投保人"), "INSURED": _("被保险人"), "BENEFICIARY": _("受益人")}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the copy; cells are words as the person reads them."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def copy_of(party_id: int, particulars: dict[str, Any]) -> tuple[Sheet, ...]:
    """
    The tables of somebody's copy. ``particulars`` is what ``people.export_personal_data`` gave, which
    has checked the right and recorded the copy. Of other people it says no more than their role.
    """
    return (
        _particulars(particulars),
        _sheet(_("银行账户"), particulars["银行账户"], (_("开户行"), _("户名"), _("账号"), _("登记时间"))),
        _sheet(
            _("授权同意"), particulars["同意记录"],
            (_("目的"), _("文本版本"), _("同意时间"), _("撤回时间")),
        ),
        *_contracts(party_id),
        *_claims(party_id),
        *_dealings(party_id),
        *_heard(party_id),
    )  # fmt: skip


def _contracts(party_id: int) -> tuple[Sheet, ...]:
    return (
        _table(
            _("保单"),
            (_("保单号"), _("产品"), _("您是"), _("生效日"), _("满期日"), _("保额"), _("保费"), _("状态")),
            [
                (p.number, gettext(p.product_name), "、".join(gettext(ROLES[r]) for r in p.roles if r in ROLES),
                 p.effective_on, p.ends_on, p.sum_insured, p.premium, gettext(p.state_label))
                for p in policies.list_for_party(party_id)
            ],
        ),
        _table(
            _("投保申请"), (_("申请号"), _("产品"), _("开始时间"), _("状态")),
            [
                (a.number, gettext(a.product_name), a.started_at, gettext(a.state_label))
                for a in underwriting.list_for_party(party_id)
            ],
        ),
    )  # fmt: skip


def _claims(party_id: int) -> tuple[Sheet, ...]:
    theirs = claims.list_for_party(party_id, MOST)
    return (
        _table(
            _("理赔"),
            (_("赔案号"), _("类型"), _("出险日期"), _("报案时间"), _("核定金额"), _("已付金额"), _("状态")),
            [
                (c.number, gettext(c.claim_type_label), c.loss_date, c.reported_at, c.benefit_amount,
                 c.paid_amount, gettext(c.state_label))
                for c in theirs
            ],
        ),
        _table(
            _("交来的资料"), (_("赔案号"), _("文件"), _("种类"), _("收到时间")),
            [
                (c.number, u.filename, gettext(u.kind_label), u.received_at)
                for c in theirs
                for u in documents.list_uploads(c.ref)
            ],
        ),
    )  # fmt: skip


def _dealings(party_id: int) -> tuple[Sheet, ...]:
    return (
        _table(
            _("保全"), (_("申请号"), _("项目"), _("提交时间"), _("状态")),
            [
                (r.number, gettext(r.name), r.confirmed_at or r.started_at, gettext(r.state_label))
                for r in servicing.list_for_customer(party_id, limit=MOST)
            ],
        ),
        _table(
            _("款项"), (_("方向"), _("用途"), _("金额"), _("时间"), _("状态")),
            [
                (gettext("付给您"), gettext(p.purpose_label), p.amount, p.requested_at, gettext(p.label))
                for p in payments.list_paid_to(party_id, limit=MOST)
            ]
            + [
                (gettext("向您收取"), gettext(c.method_label), c.amount, c.requested_at, gettext(c.state_label))
                for c in payments.list_asked_of(party_id, limit=MOST)
            ]
            + [
                (gettext("请您归还"), gettext(r.reason_label), r.amount, r.opened_at, gettext(r.label))
                for r in payments.list_owed_by(party_id, limit=MOST)
            ],
        ),
    )  # fmt: skip


def _heard(party_id: int) -> tuple[Sheet, ...]:
    who = Ref("party", party_id)
    return (
        _table(
            _("消息"), (_("时间"), _("标题"), _("内容")),
            [(m.promised_at, m.title, m.text) for m in messaging.messages_to(who, limit=MOST)],
        ),
        _table(
            _("通话与会话"), (_("编号"), _("渠道"), _("时间"), _("事由")),
            [
                (c.number, gettext(c.channel_label), c.opened_at, gettext(c.reason_label) if c.reason_label else "")
                for c in conversations.list_for_party(party_id, MOST)
            ],
        ),
        _table(
            _("评价与投诉"), (_("编号"), _("内容"), _("时间"), _("状态")),
            [
                (r.claim_number, f"{r.stars}/5 {r.comment}".strip(), r.rated_at, "")
                for r in ratings_of(party_id, limit=MOST)
            ]
            + [
                (c.number, gettext(c.reason_label), c.received_at, gettext(c.state_label))
                for c in complaints.list_for_party(party_id, MOST)
            ],
        ),
        _table(
            _("谁看过您的敏感信息"), (_("时间"), _("项目"), _("原因")),
            [
                (e.at, gettext(people.UNMASK_FIELDS.get(e.facts.get("field", ""), "")),
                 gettext(people.UNMASK_REASONS.get(e.facts.get("reason", ""), "")))
                for e in journal.party_timeline(
                    party_id, limit=MOST, merged=people.records_of(party_id)[1:]
                )
                if e.kind == "people.personal_data_shown" and e.actor != who
            ],
        ),
    )  # fmt: skip


def _particulars(told: dict[str, Any]) -> Sheet:
    plain = [(name, value) for name, value in told.items() if not isinstance(value, list)]
    return _table(
        _("基本信息"), (_("项目"), _("内容")), [(gettext(n), _read(n, v)) for n, v in plain]
    )


def _sheet(title: str, rows: list[dict[str, str]], heads: tuple[str, ...]) -> Sheet:
    return _table(title, heads, [tuple(_read(head, row[head]) for head in heads) for row in rows])


def _read(head: str, told: str) -> Any:
    """A value of ``export_personal_data``: times, which it tells as text, as times."""
    return datetime.fromisoformat(told) if told and head.endswith("时间") else told


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Sheet:
    return Sheet(
        gettext(title),
        tuple(gettext(head) for head in heads),
        tuple(tuple(_words(cell) for cell in row) for row in rows[:MOST]),
    )


def _words(cell: Any) -> str:
    """A cell as a person reads it: China's time, amounts with two places, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell)
