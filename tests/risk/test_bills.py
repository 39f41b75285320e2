"""Bill lines are held against published rules by normalised names, and nothing is guessed."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import data_folder, make
from yilu.kernel import recall, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.risk import operations, publications, queries
from yilu.risk.models import RuleEdition, Signal
from yilu.risk.rules import supervision
from yilu.risk.rules.supervision import Person, Rule, check, forms_of, rulebook

WOMAN, MAN = Person("FEMALE", date(1990, 5, 1)), Person("MALE", date(1985, 6, 15))
CHILD = Person("MALE", date(2023, 3, 1))
BOOK = rulebook(
    "test",
    [
        Rule("BILL_SEX", "阿帕他胺片", "男", "第 2 行"),
        Rule("BILL_AGE", "儿童清肺口服液", "儿童", "第 2 行"),
        Rule("BILL_AGE", "新生儿监护", "新生儿", "第 3 行"),
        Rule("BILL_SETTING", "安宫牛黄丸", "住院", "第 5 行"),
        Rule("BILL_INSURANCE", "氢醌乳膏", "工伤", "第 6 行"),
        Rule("BILL_COURSE", "丁苯酞软胶囊", "20", "第 7 行"),
        Rule("BILL_QUANTITY", "Ⅰ级护理", "1", "第 8 行", period=1),
        Rule("BILL_QUANTITY", "糖化血红蛋白测定", "1", "第 9 行", period=15),
        Rule("BILL_DOUBLE", "普通病房床位费", "急诊监护费", "第 10 行", "含床位", 1),
        Rule("BILL_DOUBLE", "阑尾切除术", "全子宫切除术", "第 11 行"),
    ],
)


def line(name, quantity="1", amount="10"):
    return SimpleNamespace(name=name, quantity=quantity, amount=Decimal(amount))


def bill(*lines, on=date(2026, 3, 1), stay=None, kind="OUTPATIENT", department="内科", upload=7):
    return SimpleNamespace(
        upload_id=upload, issued_on=on, visited_on=on, visit_kind="INPATIENT" if stay else kind,
        admitted_on=on if stay else None, discharged_on=on + timedelta(days=stay - 1) if stay else None,
        department=department, lines=[line(x) if isinstance(x, str) else x for x in lines],
    )  # fmt: skip


def kinds(*bills, person=MAN, **more):
    return {k: len(v) for k, v in check(bills, person=person, book=BOOK, **more).items()}


def test_a_line_for_the_other_sex_says_rule_line_and_source():
    [found] = check([bill("挂号费", "[乙]阿帕他胺片 60mg*120片")], person=WOMAN, book=BOOK)[
        "BILL_SEX"
    ]

    assert (found.bill, found.line, found.says) == (7, 1, "“阿帕他胺片”仅限男性使用")
    assert found.as_json()["source"] == "第 2 行"
    assert kinds(bill("阿帕他胺片"), person=MAN) == {}
    assert kinds(bill("阿帕他胺片"), person=Person(None, None)) == {}


def test_age_is_that_of_the_day_of_the_visit():
    assert kinds(bill("儿童清肺口服液"), person=MAN) == {"BILL_AGE": 1}
    assert kinds(bill("儿童清肺口服液"), person=CHILD) == {}
    assert kinds(bill("新生儿监护"), person=CHILD) == {"BILL_AGE": 1}
    newborn = Person("MALE", date(2026, 2, 10))
    assert kinds(bill("新生儿监护"), person=newborn) == {}
    assert kinds(bill("儿童清肺口服液"), person=Person("MALE", None)) == {}


def test_drugs_for_inpatients_are_noted_at_outpatient_clinics_only():
    assert kinds(bill("安宫牛黄丸")) == {"BILL_SETTING": 1}
    assert kinds(bill("安宫牛黄丸", department="急诊科")) == {}
    assert kinds(bill("安宫牛黄丸", stay=3)) == {}


def test_drugs_of_work_injury_insurance_are_none_of_an_accident():
    assert kinds(bill("氢醌乳膏")) == {"BILL_INSURANCE": 1}
    assert kinds(bill("氢醌乳膏"), accident=True) == {}


def test_a_course_is_measured_from_the_first_bill_to_the_last():
    def twice(days):
        return kinds(
            bill("丁苯酞软胶囊"), bill("丁苯酞软胶囊", on=date(2026, 3, 1) + timedelta(days=days))
        )

    assert twice(19) == {}
    assert twice(20) == {"BILL_COURSE": 1}


@pytest.mark.parametrize(
    ("name", "quantity", "stay", "found"),
    [
        ("一级护理", "5", 5, {}),
        ("一级护理", "6日", 5, {"BILL_QUANTITY": 1}),
        ("一级护理", "", 5, {}),
        ("糖化血红蛋白测定", "1", 5, {}),
        ("糖化血红蛋白测定", "2", 5, {"BILL_QUANTITY": 1}),
        ("糖化血红蛋白测定", "2", 16, {}),
    ],
)
def test_quantities_are_held_against_the_days_of_the_stay(name, quantity, stay, found):
    assert kinds(bill(line(name, quantity), stay=stay)) == found


def test_what_a_main_item_contains_is_not_charged_beside_it():
    assert kinds(bill("全子宫切除术", "阑尾切除术", stay=9)) == {"BILL_DOUBLE": 1}
    assert kinds(bill("阑尾切除术", stay=9)) == {}
    assert kinds(bill("急诊监护费", "普通病房床位费")) == {"BILL_DOUBLE": 1}
    days = (line("急诊监护费", "2"), line("普通病房床位费", "7"))
    assert kinds(bill(*days, stay=9)) == {}, "on different days both are right"
    assert kinds(bill(*days, stay=8)) == {"BILL_DOUBLE": 1}, "on one day at least both were charged"


@given(st.text(max_size=40))
def test_any_wording_is_shortened_at_its_ends_only(written):
    for form in forms_of(written):
        assert len(form) >= 2
        assert form in supervision._bare(written)


def test_names_are_matched_on_a_set_made_by_hand():
    """
    80 wordings by hand, by whoever wrote the rules of matching: an upper bound for real bills.

    The floors are what was measured; the two missed are a suffix and an abbreviation.
    """
    book = rulebook("nhsa", publications.read_folder(data_folder("medical", "nhsa_rules")))
    with (Path(__file__).parent / "bill_lines.csv").open(encoding="utf-8") as file:
        rows = [(r["written"], r["listed"]) for r in csv.DictReader(file)]
    right = wrong = missed = 0
    for written, listed in rows:
        found = book.listed(written)
        wanted = supervision._bare(listed) if listed else ""
        right += bool(found and found == wanted)
        wrong += bool(found and found != wanted)
        missed += bool(wanted and found != wanted)
    assert len(rows) >= 80
    assert wrong == 0
    assert missed <= 2
    assert right / (right + missed) > 0.96


def test_the_published_tables_are_read_whole():
    rules = publications.read_folder(data_folder("medical", "nhsa_rules"))
    assert len(rules) == 2251
    assert {r.kind for r in rules} == {
        "BILL_SEX", "BILL_AGE", "BILL_SETTING", "BILL_INSURANCE", "BILL_COURSE", "BILL_QUANTITY",
        "BILL_DOUBLE",
    }  # fmt: skip
    assert set(publications.excerpt()) <= {
        Rule(r.kind, r.name, r.value, r.source, "", r.period) for r in rules
    }


def test_a_folder_without_a_publication_is_refused(tmp_path):
    with pytest.raises(publications.NotAPublication):
        publications.read_folder(tmp_path)


@pytest.mark.django_db
class TestLoading:
    @pytest.fixture(autouse=True)
    def _standards(self):
        recall.forget_all()
        make.standards_in_force()
        yield
        recall.forget_all()

    def compare(self, *lines):
        told = operations.Told(bills=[bill(*lines)], sex="FEMALE", birth_date=date(1990, 5, 1))
        return tx.use_case(operations.compare)(
            about=Ref("claim", 1), party_id=1, traits=[], effective_on=date(2020, 1, 1),
            loss_date=date(2026, 3, 1), reported_at=make.NOON, at=make.NOON, told=told,
        )  # fmt: skip

    def test_the_excerpt_stands_until_an_edition_is_loaded(self):
        assert queries.rules_in_force().loaded_at is None
        raised = {r.signal: r.severity for r in self.compare("阿帕他胺片 60mg")}
        assert raised == {"BILL_SEX": "HIGH"}
        [view] = queries.claim_signals(Ref("claim", 1))
        [finding] = view.findings
        assert (finding.upload, finding.line, finding.name) == (7, 0, "阿帕他胺片 60mg")
        assert "国家医保局" in finding.source

        own = [Rule("BILL_SEX", "本院项目", "男", "自订")]
        operations.load_rules(name="自订", rules=own, actor=SYSTEM, at=make.NOON)
        assert queries.rules_in_force().count == 1
        assert self.compare("阿帕他胺片 60mg") == ()

    def test_an_empty_edition_is_refused_and_changes_nothing(self):
        with pytest.raises(operations.NoRules):
            operations.load_rules(name="空", rules=[], actor=SYSTEM, at=make.NOON)
        assert not RuleEdition.objects.exists()
        assert not Signal.objects.exists()
