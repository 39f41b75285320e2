"""read_terms and judge say in Chinese where a wording is wrong and why."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.claims.cases import terms
from yilu.products import operations, rules
from yilu.products.operations import CATALOGUE
from yilu.products.terms import field_names

CODES = sorted(path.parent.name for path in CATALOGUE.glob("*/terms.toml"))


def problems(code, old, new, times=1):
    """What is found once a piece of a good wording is replaced."""
    text = (CATALOGUE / code / "terms.toml").read_text(encoding="utf-8")
    assert old in text, old
    made, found = rules.read_terms(
        tomllib.loads(text.replace(old, new, times), parse_float=Decimal)
    )
    return [str(p) for p in (rules.judge(made) if made is not None else found)]


@pytest.mark.parametrize("code", CODES)
def test_a_wording_survives_being_stored(code):
    made = terms(code)
    again, found = rules.read_terms(rules.to_plain(made))

    assert found == ()
    assert again == made
    assert rules.judge(made) == ()


@pytest.mark.parametrize(("days", "pointed_out"), [(5, False), (10, False), (11, True)])
def test_a_term_to_pay_in_that_is_longer_than_the_laws_is_pointed_out(days, pointed_out):
    wording = replace(terms("term-life"), pay_days=days, pay_clause="9.9")

    assert ("9.9" in rules.clauses_to_point_out(wording)) is pointed_out
    assert wording.pay_by(date(2026, 12, 25)) == date(2026, 12, 25) + timedelta(days=days)


@pytest.mark.parametrize("code", CODES)
def test_every_benefit_can_be_said_in_plain_words(code):
    for benefit in terms(code).benefits:
        assert rules.words_of(benefit, Decimal(100000), str)


def test_words_of_a_medical_benefit():
    words = rules.words_of(
        terms("million-medical-social").by_benefit["inpatient"], Decimal(2_000_000), str
    )

    assert words == (
        "住院、日间手术、特殊门诊；年度免赔 10,000 元；经医保结算赔 100%，未经医保结算赔 60%；每年最多 2,000,000 元"
    )


CASES = [
    # code, what stood there, what is written instead, what must be said
    ("term-life", "waiting_days = 90", "waiting_days = 181",
     "benefits[1].waiting_days：等待期不得超过 180 日（健康保险办法第27条）"),
    ("critical-illness", "cooling_off_days = 15", "cooling_off_days = 14",
     "cooling_off_days：长期保险的犹豫期不得少于 15 日（健康保险办法第15条）"),
    ("term-life", "grace_days = 60", "grace_days = 29",
     "grace_days：分期交费的宽限期自约定交费日起不得少于 60 日（保险法第36条）"),
    ("small-medical", "ratio_social = 0.9", "ratio_social = 1.1",
     "benefits[1].ratio_social：比例在 0 到 1 之间"),
    ("small-medical", "B = 0.9", "B = 1.9", "benefits[1].scope.B：比例在 0 到 1 之间"),
    ("small-medical", "cap_visit = 500", "cap_visit = 40",
     "benefits[2].cap_year：限额低于免赔额，永远赔不到"),
    ("small-medical", "cap_visit = 500", "cap_visit = 3001",
     "benefits[2].cap_year：单次、年度、终身限额应当依次不减"),
    ("small-medical", "deductible_visit = 100", "deductible_visit = -1",
     "benefits[1].deductible_visit：免赔额不得为负"),
    ("small-medical", 'rate_basis = "精算报告第三章：有社保费率为无社保费率的 58%"', 'rate_basis = ""',
     "benefits[1].rate_basis：扣减医保补偿须能证明费率已相应降低（解释三第18条）：写明精算备案依据"),
    ("small-medical", 'clause = "2.6"', 'clause = "9.9"', "benefits[1].scope.clause：没有条款 9.9"),
    ("small-medical", 'visits = ["INPATIENT", "DAY_SURGERY"]', 'visits = ["INPATIENTS"]',
     "benefits[1].visits：没有“INPATIENTS”，可用："),
    ("term-life", "故意或者因重大过失", "我们赔付后可以向第三者追偿。故意或者因重大过失",
     "clauses[4].text：人身保险不得约定向第三者追偿（保险法第46条）"),
    ("term-life", 'suicide_clause = "4.2"', 'suicide_clause = ""',
     "suicide_clause：有身故责任的产品要写自杀条款的条款号"),
    ("term-life", 'contest_clause = "4.1"', 'contest_clause = "4.1"\ncontest_years = 3',
     "contest_years：解除权自合同成立起不得超过二年（保险法第16条）"),
    ("whole-life", "[[minor_limits]]\nbelow_age = 10", "[[minor_limits]]\nbelow_age = 19",
     "minor_limits[1]：年龄在 1 到 18 岁之间，限额大于零"),
    ("whole-life", "from_age = 18\nto_age = 41", "from_age = 20\nto_age = 41",
     "benefits[1].bands[2].from_age：年龄段要从 0 岁起首尾相接"),
    ("accident", "0.2, 0.1]", "0.2]", "benefits[2].scale：伤残分一至十级，要写十个比例"),
    ("accident", "[1, 0.9, 0.8", "[1, 0.8, 0.9", "benefits[2].scale：比例应当从一级到十级依次不增"),
    ("accident", "renewal_open_days = 60", "renewal_open_days = 61",
     "issue.renewal_open_days：续保费不得提前超过 60 日收取（意外险办法第17条）"),
    ("accident", 'less_paid_under = ["disability"]', 'less_paid_under = ["x"]',
     "benefits[1].less_paid_under：没有责任 x"),
    ("critical-illness", 'group = "G1"', 'group = "G9"',
     "benefits[1].conditions[1].group：没有组别 G9"),
    ("critical-illness", 'code = "BYPASS"', 'code = "VALVE"', "benefits[1].conditions：疾病代码重复：VALVE"),
    ("critical-illness", "interval_days = 365", "interval_days = -1",
     "benefits[1].levels[1].interval_days：间隔期不得为负"),
    ("hospital-allowance", "max_days_year = 180", "max_days_year = 80",
     "benefits[1].max_days_year：单次、年度、终身给付天数应当大于零并依次不减"),
    ("hospital-allowance", "deductible_days = 3", "deductible_days = 90",
     "benefits[1].deductible_days：免赔天数不得为负，且要少于单次给付天数"),
    ("annuity", "from_age = 60", "from_age = 60\nfrom_year = 5",
     "benefits[1].from_year：领取时间写 from_year 或 from_age，只写一个"),
    ("endowment", '"HOLDER_DEATH"', '"HOLDER_GONE"', "benefits[3].triggers：没有“HOLDER_GONE”，可用："),
    ("term-life", 'kind = "TERM_LIFE"', 'kind = "TERMLIFE"', "kind：没有这个险种，可用："),
    ("term-life", "sum_to = 5000000", "sum_to = 5", "issue.sum_to：保额的上限不得低于下限，且都大于零"),
    ("term-life", 'number = 1\n', 'number = "1"\n', "number：这里应当是整数"),
    ("term-life", "valid_from = 2015-01-02", "valid_from = 2015", "valid_from：这里应当是日期，例如 2026-01-01"),
    ("term-life", "long_term = true", "", "long_term：必填，没有写"),
    ("term-life", 'type = "DEATH"', 'type = "DEAD"', "benefits[1].type：要写责任种类，可用："),
    ("small-medical", "deductible_visit = 100", 'deductible_visit = "much"',
     "benefits[1].deductible_visit：这里应当是一个数"),
    ("term-life", "long_term = true", 'long_term = true\npay_days = 31\npay_clause = "4.2"',
     "pay_days：合同约定的付款期限写 1 到 30 天；没有约定的不写，按法定十日"),
    ("term-life", "long_term = true", 'long_term = true\npay_clause = "4.2"',
     "pay_days：合同约定的付款期限写 1 到 30 天；没有约定的不写，按法定十日"),
    ("term-life", "long_term = true", "long_term = true\npay_days = 5",
     "pay_clause：约定了付款期限的，要写明条款号（保险法第23条）"),
    ("term-life", "long_term = true", 'long_term = true\npay_days = 5\npay_clause = "9.9"',
     "pay_clause：没有条款 9.9"),
    ("small-medical", "deductible_visit = 100", "deductible_vist = 100",
     "benefits[1].deductible_vist：没有这个字段，是不是 deductible_visit？"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "old", "new", "said"), CASES, ids=[c[3].split("：")[0] for c in CASES]
)
def test_a_bad_wording_is_named(code, old, new, said):
    found = problems(code, old, new)

    assert any(each.startswith(said) for each in found), found


def test_a_number_written_as_a_float_is_refused():
    plain = rules.to_plain(terms("small-medical"))
    plain["benefits"][0]["ratio_social"] = 0.9

    _, found = rules.read_terms(plain)
    assert str(found[0]) == "benefits[1].ratio_social：这里应当是一个数"


def test_a_file_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "terms.toml"
    path.write_text("code = ", encoding="utf-8")

    with pytest.raises(operations.BadWording, match="不是有效的 TOML 文件"):
        operations.read_wording(path)


def test_every_field_is_told_to_product_managers():
    """docs/products.md names every field that a terms.toml may hold."""
    from yilu.products import terms as module

    told = (CATALOGUE.parents[3] / "docs" / "products.md").read_text(encoding="utf-8")
    for cls in (module.Terms, module.Issue, module.Exclusion, module.Scope, *module.TYPES.values()):
        for name in field_names(cls):
            if name != "digest":
                assert f"`{name}`" in told, f"{cls.__name__}.{name} is not in docs/products.md"


class TestWhatAWordingPromisesOfTheNextYears:
    """健康保险办法 4, 27; 意外险办法 17(8): a promise of renewal has a clause, a kind and bounds."""

    def found(self, more, code="small-medical"):
        return problems(code, "renewable = true", f"renewable = true\n{more}")

    def test_a_guarantee_with_its_clause_and_days_of_grace_are_sound(self):
        more = 'renewal_grace_days = 60\nrenewal_guaranteed_years = 6\nrenewal_clause = "2.1"'
        assert self.found(more) == []

    @pytest.mark.parametrize("days", [-1, 61])
    def test_days_of_grace_are_bounded(self, days):
        (problem,) = self.found(f"renewal_grace_days = {days}")
        assert problem == "issue.renewal_grace_days：续保宽限期在 0 到 60 日之间"

    @pytest.mark.parametrize("days", [-1, 61])
    def test_the_next_premium_is_never_taken_more_than_sixty_days_ahead(self, days):
        (problem,) = self.found(f"renewal_open_days = {days}")
        assert problem.startswith("issue.renewal_open_days：续保费不得提前超过 60 日收取")

    def test_a_guarantee_names_its_clause(self):
        (problem,) = self.found("renewal_guaranteed_years = 6")
        assert problem == "issue.renewal_clause：保证续保要写明条款号（健康保险办法第4条）"

    def test_and_a_clause_that_there_is(self):
        (problem,) = self.found('renewal_guaranteed_years = 6\nrenewal_clause = "9.9"')
        assert problem == "issue.renewal_clause：没有条款 9.9"

    def test_it_runs_for_a_year_at_least(self):
        (problem,) = self.found('renewal_guaranteed_years = 0\nrenewal_clause = "2.1"')
        assert problem == "issue.renewal_guaranteed_years：保证续保期间至少一年"

    def test_only_health_insurance_may_guarantee(self):
        more = 'renewal_guaranteed_years = 6\nrenewal_clause = "2.1"'
        assert self.found(more, "accident") == [
            "issue.renewal_guaranteed_years：只有健康保险可以约定保证续保（健康保险办法第4条）"
        ]

    def test_who_promises_anything_is_renewable(self):
        for more in ("renewal_grace_days = 30", 'renewal_clause = "2.1"'):
            found = problems("small-medical", "renewable = true", more)
            assert found == ["issue.renewable：写了续保约定的产品要写 renewable = true"]

    def test_a_long_contract_has_no_next_year(self):
        found = problems("term-life", "[issue]", "[issue]\nrenewable = true")
        assert found == ["issue.renewable：长期产品没有续保，只有续期交费"]


class TestLine:
    TEXT = """code = "x"
[issue]
from_age = 0

[[benefits]]
code = "a"
[[benefits.levels]]
share = 1
[[benefits]]
code = "b"
[[benefits.levels]]
share = 2
[[benefits.levels]]
share = 3
modes = [
    { mode = "A" },
    { mode = "B" },
]
"""

    @pytest.mark.parametrize(
        ("place", "line"),
        [
            ("code", 1), ("issue.from_age", 3), ("issue.to_age", 2), ("benefits[2].code", 10),
            ("benefits[2].levels[2].share", 14), ("benefits[2].levels[2].modes[2].mode", 17),
            ("benefits[3].code", None), ("nowhere", None),
        ],
    )  # fmt: skip
    def test_of_a_place_or_of_what_it_stands_in(self, place, line):
        assert rules.line_of(self.TEXT, place) == line

    @pytest.mark.parametrize("code", CODES)
    def test_every_benefit_and_clause_of_our_own_is_found_where_it_says_its_code(self, code):
        text = (CATALOGUE / code / "terms.toml").read_text(encoding="utf-8")
        written = text.splitlines()
        for n, benefit in enumerate(terms(code).benefits, start=1):
            line = rules.line_of(text, f"benefits[{n}].code")
            assert benefit.code in written[line - 1]
