"""Diagnoses are held against sex, age, waiting period and declaration, and never guessed."""

from datetime import date, timedelta

import pytest

from tests import make
from yilu.kernel import recall, tx
from yilu.kernel.refs import Ref
from yilu.risk import operations, publications, queries
from yilu.risk.models import Declaration, Signal
from yilu.risk.operations import Paper

POLICY, CLAIM = Ref("policy", 3), Ref("claim", 9)
DAY = date(2026, 3, 1)
ICD = publications.icd10()


def test_a_code_says_its_chapter_and_block():
    assert ICD.path("I10.x00").startswith("循环系统疾病（I00–I99） › 高血压病（I10–I15） › I10")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1.高血压病；2.2型糖尿病", ("I10", "E11")),
        ("肺炎（J18.9）", ("J18",)),
        ("原发性高血压(I10.x00)、冠心病 I25.103", ("I10", "I25")),
        ("右侧膝关节不适待查", ()),
        ("血压 130/80 mmHg，A4 纸", ()),
        ("", ()),
    ],
)
def test_words_without_a_code_are_not_guessed(text, codes):
    assert ICD.codes_in(text) == codes


@pytest.mark.django_db
class TestCompare:
    @pytest.fixture(autouse=True)
    def _standards(self):
        recall.forget_all()
        make.standards_in_force()
        yield
        recall.forget_all()

    def compare(
        self, text, *, on=DAY, reported=DAY, sex="MALE", born=date(1980, 1, 1), waiting_until=None
    ):
        raised = tx.use_case(operations.compare_diagnoses)(
            about=CLAIM, policy=POLICY, party_id=5, papers=[Paper(text, on, "诊断证明")], sex=sex,
            birth_date=born, waiting_until=waiting_until, loss_date=DAY, reported_on=reported,
            at=make.NOON,
        )  # fmt: skip
        return {r.signal: r.measure for r in raised}

    def declare(self, question="HYPERTENSION", holds=False, on=DAY - timedelta(days=100)):
        operations.note_declaration(
            policy=POLICY, party_id=5, answers=[(question, holds)], declared_on=on
        )

    def test_sex_and_age(self):
        assert self.compare("子宫肌瘤") == {"DIAGNOSIS_SEX": 1}
        assert self.compare("子宫肌瘤", sex="FEMALE") == {}
        assert self.compare("子宫肌瘤", sex=None) == {}
        assert self.compare("前列腺增生", born=date(2010, 1, 1)) == {"DIAGNOSIS_AGE": 1}
        assert self.compare("前列腺增生", born=None) == {}

    def test_the_waiting_period(self):
        assert self.compare("肺炎", waiting_until=DAY + timedelta(days=1)) == {
            "WAITING_DIAGNOSIS": 1
        }
        assert self.compare("肺炎", waiting_until=DAY) == {}
        assert self.compare("肺炎", on=None, waiting_until=DAY + timedelta(days=1)) == {}

    def test_a_no_that_the_diagnosis_contradicts(self):
        self.declare()
        assert self.compare("高血压病") == {"DECLARED_DIFFERENTLY": 1}
        [view] = queries.claim_signals(CLAIM)
        [finding] = view.findings
        assert "是否患有高血压" in finding.says
        assert "告知后第 100 天" in finding.says
        assert "高血压病（I10–I15）" in finding.note
        assert self.compare("肺炎") == {}

    def test_a_yes_and_what_is_two_years_past_are_no_difference(self):
        self.declare(holds=True)
        self.declare("DIABETES", on=DAY - timedelta(days=731))
        assert self.compare("高血压病；2型糖尿病") == {}

    def test_the_two_years_run_to_the_report_not_to_the_diagnosis(self):
        self.declare(on=date(2024, 2, 29))
        early = {"on": date(2024, 6, 1)}
        last = date(2026, 2, 27)
        assert self.compare("高血压病", reported=date(2026, 2, 28), **early) == {}
        assert self.compare("高血压病", reported=last, **early) == {"DECLARED_DIFFERENTLY": 1}

    def test_the_first_answer_stands_and_unknown_questions_are_refused(self):
        self.declare(holds=True)
        self.declare(holds=False)
        assert Declaration.objects.get().holds
        with pytest.raises(operations.UnknownQuestion):
            self.declare("ZODIAC")
        assert Declaration.objects.count() == 1

    def test_nothing_coded_costs_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(2):  # savepoint and its release
            assert self.compare("不适") == {}
        assert not Signal.objects.exists()
