"""issue_policies issues a thousand at a time, or says what is wrong and issues none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests import make
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.policies import operations, queries, rules
from yilu.policies.models import Beneficiary, LedgerEntry, Policy, PolicyLoan
from yilu.policies.operations import BadApplication, NewBeneficiary, NewPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    """A sound application for a term life policy."""
    make.product("term-life")
    office = make.office()
    holder = make.party(office)
    return NewPolicy(
        product_code="term-life", holder_id=holder, insured_id=holder, office_id=office,
        effective_on=date(2023, 6, 1), sum_insured=Decimal(500000), premium=Decimal("1200.00"),
        pay_years=20,
    )  # fmt: skip


def issue(*new):
    return operations.issue_policies(new=new, actor=make.SYSTEM, at=make.NOON)


def test_issues_with_number_dates_money_and_event(application):
    (issued,) = issue(application)
    made = Policy.objects.get(pk=issued.id)

    assert rules.number_is_sound(issued.number)
    assert (made.state, made.ends_on) == ("IN_FORCE", date(2043, 6, 1))
    assert (made.paid_to, made.premiums_paid) == (
        date(2026, 6, 1),
        Decimal("3600.00"),
    )  # three paid
    assert made.cash_value == Decimal("360.00")  # 10 % after two full years
    assert [b.kind for b in made.beneficiaries.order_by("id")] == ["INSURED_SELF", "LEGAL"]
    event = Event.objects.get(kind="policies.policy_issued")
    assert (event.subject, event.party_id) == (f"policy:{issued.id}", application.holder_id)


@pytest.mark.parametrize(("years", "ends"), [(None, 2043), (10, 2033), (30, 2053)])
def test_ends_when_the_chosen_term_ends(application, years, ends):
    (issued,) = issue(replace(application, years=years))
    assert Policy.objects.get(pk=issued.id).ends_on == date(ends, 6, 1)


def test_takes_as_many_statements_for_a_hundred_as_for_one(application, django_assert_num_queries):
    issue(application)
    with django_assert_num_queries(9):
        issued = issue(*[application] * 100)

    assert len({p.number for p in issued}) == 100
    assert [p.id for p in issued] == sorted(p.id for p in issued)


def test_names_beneficiaries(application):
    child = make.party(application.office_id)
    (issued,) = issue(replace(application, beneficiaries=(NewBeneficiary(party_id=child),)))

    assert queries.beneficiaries_for(issued.id, "DEATH")[0].party_id == child


def test_counts_premiums_as_told(application):
    single, monthly, overdue = issue(
        replace(application, pay_mode="SINGLE", premium=Decimal(20000)),
        replace(application, pay_mode="MONTHLY", premium=Decimal(100)),
        replace(application, paid_to=date(2025, 6, 1)),
    )
    rows = {p.pk: p for p in Policy.objects.all()}

    assert (rows[single.id].paid_to, rows[single.id].premiums_paid) == (None, Decimal("20000.00"))
    assert (rows[monthly.id].paid_to, rows[monthly.id].premiums_paid) == (
        date(2026, 4, 1), Decimal("3400.00"),
    )  # fmt: skip
    assert rows[overdue.id].paid_to == date(2025, 6, 1)
    assert rows[overdue.id].premiums_paid == Decimal("2400.00")


def test_keeps_what_the_underwriter_agreed(application):
    agreed = replace(
        application, occupation_class=3, rated_age=41, extra_premium=Decimal("200.00"),
        advances_premium=True, exclusions=(("thyroid", "甲状腺疾病及其并发症", ("E04", "D34")),),
    )  # fmt: skip
    made = tx.use_case(operations.issue)(new=agreed, actor=make.SYSTEM, at=make.NOON)
    rider = replace(agreed, main_id=made.id, rated_age=None, rated_sex="MALE", exclusions=())
    (beside,) = issue(rider)
    main, added = Policy.objects.order_by("id")

    assert (main.occupation_class, main.rated_age, main.extra_premium) == (3, 41, 200)
    assert main.advances_premium
    assert [(e.code, e.icd_prefixes) for e in main.exclusions.all()] == [
        ("thyroid", ["E04", "D34"])
    ]
    assert (added.pk, added.main_id, added.rated_age) == (beside.id, main.pk, 37)
    assert added.rated_sex == "MALE"


def test_opens_the_books_with_what_was_paid_and_lent(application):
    (issued,) = issue(replace(application, loan_owed=Decimal("150.00")))
    entries = LedgerEntry.objects.filter(policy_id=issued.id).order_by("id")

    assert [(e.kind, e.customer, e.premium, e.loan) for e in entries] == [
        ("ISSUE", -3600, 3600, 0),
        ("LOAN", 150, 0, -150),
    ]
    loan = PolicyLoan.objects.get(policy_id=issued.id)
    assert (loan.principal, loan.due_on) == (150, date(2026, 9, 4))


BAD = [
    ({"product_code": "moon"}, "产品 moon 在 2023-06-01 未在售"),
    ({"effective_on": date(2014, 1, 1)}, "产品 term-life 在 2014-01-01 未在售"),
    ({"holder_id": 0}, "没有这位投保人"),
    ({"insured_id": 0}, "没有这位被保险人"),
    ({"sum_insured": Decimal(1)}, "保额要在 100,000.00 至 5,000,000.00 元"),
    ({"premium": Decimal("-1")}, "保险费应当大于零"),
    ({"premium": Decimal("1.005")}, "保险费不是有效金额"),
    ({"formed_on": date(2027, 1, 1), "effective_on": date(2027, 1, 1)}, "合同成立日在将来"),
    ({"formed_on": date(2023, 7, 1)}, "生效日早于合同成立日"),
    ({"pay_mode": "NEVER"}, "交费方式或销售渠道不在可选范围"),
    ({"effective_on": date(2055, 1, 1), "formed_on": date(2023, 1, 1)}, "投保年龄要在 18 至 60 周岁"),
    ({"occupation_class": 7}, "职业类别是 1 至 6 类"),
    ({"pay_method": "BANK_DEBIT"}, "银行代扣要有投保人本人的交费账户"),
    ({"extra_premium": Decimal("1200.00")}, "加费要在 0 元至保险费之间"),
    ({"beneficiaries": (NewBeneficiary(party_id=1, share=Decimal("0.3")),)}, "合计应为 100%"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), BAD, ids=[b[1] for b in BAD])
def test_refuses_what_breaks_the_products_rules_and_issues_none(application, given, said):
    with pytest.raises(BadApplication) as refused:
        issue(application, replace(application, **given))

    assert any(p.startswith("第 2 份：") and said in p for p in refused.value.problems)
    assert not Policy.objects.exists()
    assert not Beneficiary.objects.exists()
    assert not Event.objects.filter(kind="policies.policy_issued").exists()


def test_refuses_a_medical_policy_of_the_wrong_kind(application):
    make.product("million-medical-social")
    make.product("million-medical")
    medical = replace(
        application, product_code="million-medical-social", sum_insured=Decimal(2_000_000)
    )
    with pytest.raises(BadApplication, match="只供参加基本医疗保险者"):
        issue(medical)
    with pytest.raises(BadApplication, match="供未参加基本医疗保险者"):
        issue(replace(medical, product_code="million-medical", with_social_insurance=True))


def test_refuses_none_and_more_than_a_thousand(application):
    for new in ([], [application] * 1001):
        with pytest.raises(BadApplication, match="一次承保 1 到 1000 份"):
            operations.issue_policies(new=new, actor=make.SYSTEM, at=make.NOON)
