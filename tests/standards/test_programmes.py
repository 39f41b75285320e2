"""Programmes are data: shipped, edited by one and published by another, offered by a table."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from yilu.kernel import recall
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.standards import operations, queries
from yilu.standards.models import ProgrammeVersion, TableVersion

pytestmark = pytest.mark.django_db
AUTHOR, OTHER = Ref("staff", 1), Ref("staff", 2)


@pytest.fixture(autouse=True)
def shipped():
    make.standards_in_force()


def draft(code="fast", **given):
    operations.make_programme_draft(code=code, actor=AUTHOR, at=NOON)
    told = {
        "title": "小额快赔",
        "title_en": "",
        "words": "两万元以内。",
        "changes": ["直通"],
        "offered": True,
        "revision": 0,
    }
    return operations.put_programme(code=code, **{**told, **given}, actor=AUTHOR, at=NOON)


def answered(code="fast", *checks):
    """What people answer before a draft may be published."""
    for check in checks or ("continuation", "told", "load"):
        operations.answer_programme_check(
            code=code, check=check, passed=True, evidence="三月二日与客服、理赔一起走过一遍",
            actor=AUTHOR, at=NOON,
        )  # fmt: skip


class TestCatalogue:
    def test_states_for_whom_what_changes_and_its_clock(self):
        found = queries.list_programmes(NOON)
        known = {d.code for d in obligations.list_definitions(NOON)}

        assert len(found) == 17
        assert len(queries.get_programme("care_365", NOON).changes) == 3 + 6 + 5
        for programme in found:
            assert programme.words
            assert programme.changes
            assert set(programme.obligations) <= known, programme.code

    def test_loading_again_changes_nothing(self):
        operations.load_catalogue(NOON)
        assert ProgrammeVersion.objects.count() == 17


class TestEligibility:
    def codes(self, **told):
        return [e.programme.code for e in queries.programmes_for(at=NOON, **told)]

    def test_a_small_outpatient_claim(self):
        assert self.codes(claim_type="MEDICAL", amount=Decimal(800)) == [
            "fast",
            "proactive",
            "care_12345",
        ]

    def test_a_disaster(self):
        assert {"disaster", "advance_disaster"} <= set(
            self.codes(claim_type="ACCIDENT", is_disaster=True)
        )

    def test_says_why_and_by_which_row(self):
        found = queries.programmes_for(
            claim_type="ACCIDENT", cause="ACCIDENT", is_inpatient=True, at=NOON
        )
        why = {e.programme.code: e for e in found}
        assert why["hospital_visit"].reason == "客户正在住院"
        assert why["hospital_visit"].rule.startswith("claims.programmes v1 第")

    def test_what_is_no_longer_offered_is_left_out(self):
        revision = draft("fast", offered=False)
        answered("fast", "told")
        operations.publish_programme(code="fast", revision=revision, actor=OTHER, at=NOON)
        found = queries.programmes_for(claim_type="MEDICAL", at=NOON + timedelta(seconds=1))
        assert "fast" not in [e.programme.code for e in found]


class TestEdit:
    def test_what_public_material_only_names_is_marked_as_ours_until_an_insurer_rewrites_it(self):
        assert [p.code for p in queries.list_programmes(NOON) if p.ours] == [
            "care_12345",
            "care_365",
        ]
        ProgrammeVersion.objects.filter(code="care_12345").update(author=str(AUTHOR))
        assert not queries.get_programme("care_12345", NOON).ours

    def test_a_second_person_publishes(self):
        revision = draft()
        answered()
        with pytest.raises(operations.SameHands):
            operations.publish_programme(code="fast", revision=revision, actor=AUTHOR, at=NOON)
        operations.publish_programme(code="fast", revision=revision, actor=OTHER, at=NOON)
        later = NOON + timedelta(seconds=1)
        assert queries.get_programme("fast", later).words == "两万元以内。"
        assert queries.get_programme("fast", NOON - timedelta(days=1)).number == 1

    def test_goes_live_with_seven_answers_only(self):
        revision = draft()
        with pytest.raises(operations.ChecksMissing) as refused:
            operations.publish_programme(code="fast", revision=revision, actor=OTHER, at=NOON)
        assert str(refused.value.hint) == "还差：查接续、查告知、查压力"
        assert queries.get_programme("fast", NOON).number == 1
        answered()
        revision = operations.put_programme(
            code="fast", title="快", title_en="", words="由 OCR 识别", changes=["一"], offered=True,
            revision=revision, actor=AUTHOR, at=NOON,
        )  # fmt: skip
        with pytest.raises(operations.ChecksMissing, match="系统检查没有通过"):
            answered("fast", "readable")
        with pytest.raises(operations.ChecksMissing) as refused:
            operations.publish_programme(code="fast", revision=revision, actor=OTHER, at=NOON)
        assert "查文字、查告知" in str(refused.value.hint), "another text makes the answers void"

    def test_answers_need_evidence_a_check_and_a_draft(self):
        told = {"passed": True, "actor": AUTHOR, "at": NOON}
        with pytest.raises(operations.NoProgrammeDraft):
            operations.answer_programme_check(code="fast", check="told", evidence="好" * 10, **told)
        draft()
        with pytest.raises(operations.EvidenceNeeded):
            operations.answer_programme_check(code="fast", check="told", evidence="好", **told)
        with pytest.raises(operations.UnknownCheck):
            operations.answer_programme_check(code="fast", check="9", evidence="好" * 10, **told)

    def test_the_version_before_is_put_back_at_once_by_one_person(self):
        with pytest.raises(operations.NothingToRollBackTo):
            operations.roll_back_programme(code="fast", actor=AUTHOR, at=NOON)
        revision = draft()
        answered()
        operations.publish_programme(code="fast", revision=revision, actor=OTHER, at=NOON)
        later = NOON + timedelta(hours=1)
        assert operations.roll_back_programme(code="fast", actor=AUTHOR, at=later) == 3
        first, second, third = queries.programme_versions("fast")[::-1]
        assert (first.state, second.state, third.state) == ("RETIRED", "RETIRED", "PUBLISHED")
        assert queries.get_programme("fast", later).words == first.words
        assert queries.get_programme("fast", NOON).words == "两万元以内。"
        with pytest.raises(operations.NoProgrammeDraft):
            operations.roll_back_programme(code="teleport", actor=AUTHOR, at=NOON)

    def test_nobody_saves_over_a_colleague(self):
        draft()
        with pytest.raises(operations.StaleDraft):
            operations.put_programme(
                code="fast", title="快", title_en="", words="好", changes=["一"], offered=True,
                revision=0, actor=OTHER, at=NOON,
            )  # fmt: skip

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"words": ""},
            {"changes": []},
            {"changes": ["长" * 121]},
            {"title": "长" * 41},
        ],
    )
    def test_refuses_half_a_programme(self, wrong):
        with pytest.raises(operations.WrongProgramme):
            draft(**wrong)

    def test_one_draft_at_a_time_which_can_be_given_up(self):
        draft()
        with pytest.raises(operations.DraftExists):
            operations.make_programme_draft(code="fast", actor=OTHER, at=NOON)
        operations.discard_programme_draft(code="fast", actor=AUTHOR, at=NOON)
        with pytest.raises(operations.NoProgrammeDraft):
            operations.discard_programme_draft(code="fast", actor=AUTHOR, at=NOON)
        with pytest.raises(operations.NoProgrammeDraft):
            operations.make_programme_draft(code="teleport", actor=AUTHOR, at=NOON)
        with pytest.raises(queries.UnknownProgramme):
            queries.get_programme("teleport", NOON)


class TestWeighing:
    def test_says_of_every_programme_why_or_why_not(self):
        weighed = queries.weigh_programmes(
            claim_type="CRITICAL_ILLNESS", at=NOON, amount=Decimal(50_000), days_since_effective=100
        )
        by_code = {w.programme.code: w for w in weighed}
        of_claims = {p.code for p in queries.list_programmes(NOON)} - {
            "care_365"
        }  # the whole service's
        assert set(by_code) == of_claims
        assert len(weighed) == len(of_claims)
        assert [w.applies for w in weighed] == sorted((w.applies for w in weighed), reverse=True)
        assert by_code["advance_undisputed"].applies
        late = by_code["one_day_critical"]
        assert (late.applies, late.missing) == (False, ("出险距生效天数",))
        assert late.rule.startswith("claims.programmes v")
        assert set(by_code["fast"].missing) == {"预估赔付金额", "理赔类型"}

    def test_one_day_for_a_critical_illness_wants_the_first(self):
        told = {
            "claim_type": "CRITICAL_ILLNESS", "at": NOON, "amount": Decimal(50_000),
            "days_since_effective": 800,
        }  # fmt: skip
        weighed = {
            first: {
                w.programme.code: w for w in queries.weigh_programmes(**told, first_illness=first)
            }
            for first in (True, False)
        }
        assert weighed[True]["one_day_critical"].applies
        second = weighed[False]["one_day_critical"]
        assert (second.applies, second.missing) == (False, ("首次罹患",))

    def test_a_version_published_before_a_question_was_added_still_answers(self):
        version = TableVersion.objects.get(table__code="claims.programmes")
        version.inputs = version.inputs[:-1]
        version.rows = [[*row[:8], *row[9:]] for row in version.rows]
        version.cases = []
        version.save()
        recall.forget_all()
        told = {"claim_type": "MEDICAL", "amount": Decimal(800)}
        assert "fast" in [e.programme.code for e in queries.programmes_for(at=NOON, **told)]

    def test_the_programmes_of_a_case_are_those_that_apply(self):
        told = {"claim_type": "MEDICAL", "at": NOON, "amount": Decimal(800), "is_inpatient": True}
        offered = [e.programme.code for e in queries.programmes_for(**told)]
        assert offered == [w.programme.code for w in queries.weigh_programmes(**told) if w.applies]
        assert "hospital_visit" in offered
