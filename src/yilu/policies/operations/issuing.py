"""Issue policies: one, or a thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.money import ZERO, said_yuan, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_months, add_years, full_years
from yilu.policies import events, parameters, rules
from yilu.policies.models import Policy, PolicyLoan, SpecialExclusion
from yilu.policies.operations.ledger import Posting, post_many
from yilu.products import queries as products
from yilu.products.terms import Terms

AT_ONCE_MAX = 1000


class BadApplication(Invalid):
    """An application breaks the product's rules; nothing was issued. ``problems`` has one line each."""

    code = "bad_application"
    message = "投保信息有误，未承保"
    hint = "请按所列逐项更正后重新提交。"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("投保信息有误，未承保：" + "；".join(self.problems[:20]))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBeneficiary:
    """Somebody named to be paid on death: order 1 comes first, shares of an order make 1."""

    party_id: int
    share: Decimal = Decimal(1)
    ordinal: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPolicy:
    """
    What a policy is issued from (承保信息).

    ``formed_on`` defaults to ``effective_on``; ``continuous_since`` to it as well (earlier for an
    unbroken renewal). ``paid_to`` None: every premium due by now counts as paid. ``rated_age`` and
    ``rated_sex`` default to the insured's at the start. ``years`` is the term chosen where the product
    offers several (0 for life); None is the product's own. ``premium`` includes ``extra_premium`` (加费).
    ``exclusions`` are this contract's own: (code, wording, diagnoses they speak of). A renewal names the
    contract it ``renews``, the first of the row (``lineage_id``) and its wording's version; it was
    judged when it was offered, so the limits for buying anew are not asked. ``paid_about`` names what
    its first premium came in for; empty: the policy itself.
    """

    product_code: str
    holder_id: int
    insured_id: int
    office_id: int
    effective_on: date
    sum_insured: Decimal
    premium: Decimal
    agent_id: int | None = None
    channel: str = "AGENT"
    pay_mode: str = "YEARLY"
    pay_years: int = 1
    years: int | None = None
    with_social_insurance: bool = False
    formed_on: date | None = None
    continuous_since: date | None = None
    paid_to: date | None = None
    loan_owed: Decimal = ZERO
    beneficiaries: tuple[NewBeneficiary, ...] = ()
    main_id: int | None = None
    occupation_class: int = 1
    rated_age: int | None = None
    rated_sex: str = ""
    extra_premium: Decimal = ZERO
    pay_method: str = "SELF"
    premium_account_id: int | None = None
    advances_premium: bool = False
    exclusions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    product_version_id: int | None = None
    renews_id: int | None = None
    lineage_id: int | None = None
    contested_since: date | None = None
    paid_about: Ref | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued policy's id and number."""

    id: int
    number: str


@tx.use_case
def issue_policy(*, new: NewPolicy, actor: Ref, at: datetime) -> Issued:
    """
    Issue one policy under the version of its product sold on the day it was formed.

    :raises BadApplication: saying everything that breaks the product's rules.
    """
    return _issue([new], actor, at)[0]


@tx.step
def issue(*, new: NewPolicy, actor: Ref, at: datetime) -> Issued:
    """``issue_policy`` inside the use case that decided it. :raises BadApplication: see there."""
    return _issue([new], actor, at)[0]


@tx.use_case
def issue_policies(*, new: Sequence[NewPolicy], actor: Ref, at: datetime) -> tuple[Issued, ...]:
    """
    Issue up to 1,000 policies in a handful of statements, all or none, in the given order.

    :raises BadApplication: naming each bad one by its place in the list (第 n 份).
    """
    if not 0 < len(new) <= AT_ONCE_MAX:
        raise BadApplication([f"一次承保 1 到 {AT_ONCE_MAX} 份，现为 {len(new)} 份"])
    return _issue(new, actor, at)


def _issue(new: Sequence[NewPolicy], actor: Ref, at: datetime) -> tuple[Issued, ...]:
    versions = _versions(new)
    people = {
        id: (born, sex or "")
        for id, born, sex in tx.rows(
            "select id, birth_date, sex from people_party where id = any(%s::bigint[])",
            [sorted({n.holder_id for n in new} | {n.insured_id for n in new})],
        )
    }
    births = {id: born for id, (born, _) in people.items()}
    problems = [
        f"第 {n} 份：{problem}"
        for n, each in enumerate(new, 1)
        for problem in _problems(each, versions, births, at)
    ]
    if problems:
        raise BadApplication(problems)
    ids = _new_ids(len(new))
    rows = [
        _row(each, id, _version_of(each, versions), people[each.insured_id], at)
        for each, id in zip(new, ids, strict=True)
    ]
    tx.changed(_INSERT, [orjson.dumps(rows).decode()])
    tx.changed(_INSERT_BENEFICIARIES, [orjson.dumps(list(_beneficiaries(new, ids))).decode()])
    _open_books(new, rows, actor, at)
    _agree_exclusions(new, ids)
    for each, row in zip(new, rows, strict=True):
        fact = events.PolicyIssued(
            product=each.product_code,
            product_version_id=row["product_version_id"],
            channel=each.channel,
            effective_on=each.effective_on.isoformat(),
        )
        journal.record(
            fact, about=Ref("policy", row["id"]), actor=actor, at=at, party=each.holder_id
        )
    return tuple(Issued(row["id"], row["number"]) for row in rows)


def _formed_on(new: NewPolicy) -> date:
    return new.formed_on or new.effective_on


def _versions(new: Sequence[NewPolicy]) -> dict[tuple[str, date], int | None]:
    wanted = {(each.product_code, _formed_on(each)) for each in new}
    found = tx.rows(
        """
        select w.code, w.day, v.id
          from json_to_recordset(%s::json) as w(code text, day date)
          join products_product p on p.code = w.code
          join products_productversion v on v.product_id = p.id
           and v.valid_from <= w.day and (v.valid_to is null or w.day < v.valid_to)
        """,
        [orjson.dumps([{"code": code, "day": day} for code, day in sorted(wanted)]).decode()],
    )
    return dict.fromkeys(wanted) | {(code, day): id for code, day, id in found}


def _version_of(new: NewPolicy, versions: dict[tuple[str, date], int | None]) -> int | None:
    return new.product_version_id or versions[new.product_code, _formed_on(new)]


def _problems(
    new: NewPolicy,
    versions: dict[tuple[str, date], int | None],
    births: dict[int, date | None],
    at: datetime,
) -> Iterator[str]:
    version = _version_of(new, versions)
    if version is None:
        yield f"产品 {new.product_code} 在 {_formed_on(new)} 未在售"
        return
    if new.holder_id not in births:
        yield "没有这位投保人"
    if new.insured_id not in births:
        yield "没有这位被保险人"
        return
    terms = products.get_terms(version)
    yield from _against_terms(new, terms, births[new.insured_id])
    if _formed_on(new) > day_of(at):
        yield "合同成立日在将来"
    if new.effective_on < _formed_on(new):
        yield "生效日早于合同成立日"
    if new.pay_mode not in Policy.PayMode.values or new.channel not in Policy.Channel.values:
        yield "交费方式或销售渠道不在可选范围"
    if new.pay_years < 1:
        yield "交费年期至少一年"
    if not 1 <= new.occupation_class <= 6:
        yield "职业类别是 1 至 6 类"
    if new.pay_method not in Policy.PayMethod.values:
        yield "续期交费方式不在可选范围"
    elif new.pay_method == "BANK_DEBIT" and new.premium_account_id is None:
        yield "银行代扣要有投保人本人的交费账户"
    if not 0 <= new.extra_premium < new.premium:
        yield "加费要在 0 元至保险费之间"
    for named, amount in (("保额", new.sum_insured), ("保险费", new.premium)):
        try:
            if yuan(amount) <= 0:
                yield f"{named}应当大于零"
        except ValueError:
            yield f"{named}不是有效金额"
    if problem := rules.shares_problem([(b.ordinal, b.share) for b in new.beneficiaries]):
        yield problem


def _against_terms(new: NewPolicy, terms: Terms, born: date | None) -> Iterator[str]:
    issue = terms.issue
    if born is None:
        yield "被保险人没有出生日期"
        return
    if new.renews_id is not None:
        return
    if not issue.from_age <= full_years(born, new.effective_on) <= issue.to_age:
        yield f"投保年龄要在 {issue.from_age} 至 {issue.to_age} 周岁"
    if not issue.sum_from <= new.sum_insured <= issue.sum_to:
        yield f"保额要在 {said_yuan(issue.sum_from)} 至 {said_yuan(issue.sum_to)} 元"
    if issue.social_insurance == "REQUIRED" and not new.with_social_insurance:
        yield "该产品只供参加基本医疗保险者投保"
    if issue.social_insurance == "WITHOUT" and new.with_social_insurance:
        yield "该产品供未参加基本医疗保险者投保"


def _new_ids(count: int) -> list[int]:
    found = tx.rows(
        """
        select nextval(pg_get_serial_sequence('policies_policy', 'id'))
          from generate_series(1, %s::int)
        """,
        [count],
    )
    return [row[0] for row in found]


def _row(
    new: NewPolicy, id: int, version: int | None, insured: tuple[date | None, str], at: datetime
) -> dict[str, Any]:
    assert version is not None
    born, sex = insured
    terms = products.get_terms(version)
    years = terms.issue.years if new.years is None else new.years
    ends_on = add_years(new.effective_on, years) if years else None
    paid_to, premiums = _paid(new, day_of(at), ends_on)
    year = max(full_years(new.effective_on, day_of(at)), 0)
    share = terms.cash_values[min(year, len(terms.cash_values) - 1)] if terms.cash_values else ZERO
    paid = new.premium * premiums
    return {
        "id": id,
        "number": rules.policy_number(terms.number, _formed_on(new), id),
        "product_version_id": version,
        "holder_id": new.holder_id,
        "insured_id": new.insured_id,
        "office_id": new.office_id,
        "agent_id": new.agent_id,
        "channel": new.channel,
        "formed_on": _formed_on(new),
        "effective_on": new.effective_on,
        "ends_on": ends_on,
        "continuous_since": new.continuous_since or new.effective_on,
        "sum_insured": str(new.sum_insured),
        "with_social_insurance": new.with_social_insurance,
        "pay_mode": new.pay_mode,
        "pay_years": new.pay_years,
        "premium": str(new.premium),
        "paid_to": paid_to,
        "premiums_paid": str(paid),
        "cash_value": str((paid * share).quantize(ZERO)),
        "loan_owed": str(new.loan_owed),
        "main_id": new.main_id,
        "renews_id": new.renews_id,
        "lineage_id": new.lineage_id,
        "contested_since": new.contested_since,
        "occupation_class": new.occupation_class,
        "rated_age": (full_years(born, new.effective_on) if born else None)
        if new.rated_age is None
        else new.rated_age,
        "rated_sex": new.rated_sex or sex,
        "extra_premium": str(new.extra_premium),
        "pay_method": new.pay_method,
        "premium_account_id": new.premium_account_id,
        "advances_premium": new.advances_premium,
        "issued_at": at,
    }


def _paid_about(new: NewPolicy, policy_id: int) -> Ref:
    return new.paid_about or Ref("policy", policy_id)


def _open_books(
    new: Sequence[NewPolicy], rows: Sequence[dict[str, Any]], actor: Ref, at: datetime
) -> None:
    """The premiums that were paid so far, and a loan taken over, as the first entries."""
    today, postings = day_of(at), []
    for each, row in zip(new, rows, strict=True):
        about, paid = _paid_about(each, row["id"]), Decimal(row["premiums_paid"])
        legs = {"customer": -paid, "premium": paid}
        postings.append(Posting(row["id"], "ISSUE", legs, about, today))
        if each.loan_owed:
            lent = {"customer": each.loan_owed, "loan": -each.loan_owed}
            postings.append(Posting(row["id"], "LOAN", lent, about, today))
    post_many(postings, actor=actor, at=at)
    terms = parameters.loan_terms(today)
    PolicyLoan.objects.bulk_create(
        PolicyLoan(
            policy_id=row["id"], kind="LOAN", principal=each.loan_owed, rate=terms.yearly_rate,
            since=today, due_on=add_months(today, terms.months), opened_on=today,
        )
        for each, row in zip(new, rows, strict=True)
        if each.loan_owed
    )  # fmt: skip


def _agree_exclusions(new: Sequence[NewPolicy], ids: Sequence[int]) -> None:
    SpecialExclusion.objects.bulk_create(
        SpecialExclusion(policy_id=id, code=code, wording=wording, icd_prefixes=list(prefixes))
        for each, id in zip(new, ids, strict=True)
        for code, wording, prefixes in each.exclusions
    )


def _paid(new: NewPolicy, today: date, ends_on: date | None) -> tuple[date | None, int]:
    """The next due date (None: nothing is due any more) and how many premiums came in so far."""
    if new.pay_mode == "SINGLE":
        return None, 1
    periods = rules.periods_of(new.pay_years, new.pay_mode)
    for n in range(1, periods):
        due = rules.due_date(new.effective_on, n, new.pay_mode)
        if ends_on is not None and due >= ends_on:
            return None, n
        if (new.paid_to is not None and due >= new.paid_to) or (
            new.paid_to is None and due > today
        ):
            return due, n
    return None, periods


def _beneficiaries(new: Sequence[NewPolicy], ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    for each, id in zip(new, ids, strict=True):
        yield {
            "policy_id": id,
            "kind": "INSURED_SELF",
            "party_id": None,
            "ordinal": 1,
            "share": "1",
        }
        if not each.beneficiaries:
            yield {"policy_id": id, "kind": "LEGAL", "party_id": None, "ordinal": 1, "share": "1"}
        for b in each.beneficiaries:
            yield {
                "policy_id": id, "kind": "NAMED", "party_id": b.party_id, "ordinal": b.ordinal,
                "share": str(b.share),
            }  # fmt: skip


_INSERT = """
    insert into policies_policy (
        id, number, product_version_id, holder_id, insured_id, office_id, agent_id, channel, state,
        ending, formed_on, effective_on, ends_on, continuous_since, gaps, sum_insured,
        with_social_insurance, pay_mode, pay_years, premium, paid_to, owed_premium, premiums_paid,
        cash_value, loan_owed, main_id, occupation_class, rated_age, rated_sex, extra_premium,
        pay_method, premium_account_id, advances_premium, issued_at, renews_id, lineage_id, contested_since)
    select id, number, product_version_id, holder_id, insured_id, office_id, agent_id, channel,
           'IN_FORCE', '', formed_on, effective_on, ends_on, continuous_since, '[]', sum_insured,
           with_social_insurance, pay_mode, pay_years, premium, paid_to, 0, premiums_paid, cash_value,
           loan_owed, main_id, occupation_class, rated_age, rated_sex, extra_premium, pay_method,
           premium_account_id, advances_premium, issued_at, renews_id, lineage_id, contested_since
      from json_to_recordset(%s::json) as row(
           id bigint, number text, product_version_id bigint, holder_id bigint, insured_id bigint,
           office_id bigint, agent_id bigint, channel text, formed_on date, effective_on date,
           ends_on date, continuous_since date, sum_insured numeric, with_social_insurance boolean,
           pay_mode text, pay_years int, premium numeric, paid_to date, premiums_paid numeric,
           cash_value numeric, loan_owed numeric, main_id bigint, occupation_class int, rated_age int,
           rated_sex text, extra_premium numeric, pay_method text, premium_account_id bigint,
           advances_premium boolean, issued_at timestamptz, renews_id bigint, lineage_id bigint,
           contested_since date)
"""
_INSERT_BENEFICIARIES = """
    insert into policies_beneficiary (policy_id, kind, party_id, ordinal, share)
    select policy_id, kind, party_id, ordinal, share
      from json_to_recordset(%s::json) as row(
           policy_id bigint, kind text, party_id bigint, ordinal int, share numeric)
"""
