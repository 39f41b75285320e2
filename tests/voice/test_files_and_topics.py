"""Files come in row by row with their bad rows named; comments become topics, drivers and improvements."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.voice import jobs, queries
from yilu.voice import operations as voice
from yilu.voice.models import Analysis, Batch, Feedback, Improvement, Label, Reader, Reading, Topic
from yilu.voice.operations.summing import add_up

pytestmark = pytest.mark.django_db

SLOW = [
    "理赔审核等了{n}天，催了几次都没有结果",
    "赔款到账太慢，等了{n}天还没打款",
    "案件拖了{n}天，太慢了",
]
RUDE = ["客服{n}号态度很差，不耐烦", "打电话{n}次没人接，客服态度差", "柜台人员冷漠，爱理不理{n}"]
GOOD = ["手机上传资料很方便，{n}分钟办完", "业务员讲解清楚，很专业{n}", "线上操作简单，{n}步就好"]


def csv_of(rows=60) -> bytes:
    chance = random.Random(1)
    lines = ["评论,满意度,推荐意愿,日期"]
    for n in range(rows):
        for texts, stars in ((SLOW, 1), (RUDE, 2), (GOOD, 5)):
            said = chance.choice(texts).format(n=chance.randint(2, 99))
            lines.append(f"{said},{stars},{stars * 2},2026-0{1 + n % 6}-15")
    return ("\n".join(lines) + "\n").encode()


BROKEN = (
    "评论,满意度\n好😀，資料齊全,5\n坏评分,九\n"
    '"没有收尾,3\n'
    "第五行,4\n" + "长" * 400_000 + ",3\n我的号码13812345678,2\n,\n"
).encode()


class Lines:
    """Keeps what a command says."""

    def __init__(self, told):
        self.told = told

    def write(self, text):
        self.told.append(text)

    def isatty(self):
        return False


@pytest.fixture
def desk():
    make.standards_in_force()
    office = make.office()
    access, actor = make.colleague(office, "SERVICE_MANAGER")
    return {"office_id": office, "access": access, "actor": actor, "at": NOON}


def hand_in(desk, content, filename="评论.csv", **about):
    told = voice.About(label="评论", **about)
    return voice.import_file(filename=filename, content=content, about=told, **desk)


def loaded(desk, content, filename="评论.csv", **about):
    batch_id = hand_in(desk, content, filename, **about)
    jobs.read_file(batch_id=batch_id)
    return queries.get_batch(batch_id, desk["access"])


class TestFiles:
    def test_good_rows_are_loaded_and_bad_ones_reported_with_line_and_reason(self, desk):
        batch = loaded(desk, BROKEN)
        assert (batch.state, batch.rows, batch.problems) == ("DONE", 3, 4)
        problems = dict(queries.list_problems(batch.id, desk["access"]))
        assert set(problems) == {3, 4, 6, 8}
        assert "不是数字" in problems[3]
        assert "引号" in problems[4]
        assert "1200000 字节" in problems[6]
        texts = list(Feedback.objects.order_by("line").values_list("text", flat=True))
        assert texts == ["好😀，資料齊全", "第五行", "我的号码〔电话〕"]
        assert Event.objects.filter(kind="voice.import_finished").count() == 1

    def test_goes_on_from_where_it_was_killed_and_loads_no_row_twice(self, desk):
        batch_id = hand_in(desk, csv_of(20))
        voice.begin_reading(batch_id=batch_id, told=[], at=NOON)
        from yilu.voice.rules.columns import Told

        done = [(n, Told("已读", 5, None, None, "", None)) for n in range(2, 32)]
        keep = {"batch_id": batch_id, "rows": done, "problems": [], "read": 31, "at": NOON}
        assert voice.keep_rows(position=100, **keep)
        assert not voice.keep_rows(position=100, **keep)
        jobs.read_file(batch_id=batch_id)
        jobs.read_file(batch_id=batch_id)
        assert Feedback.objects.count() == 60
        assert Feedback.objects.values("line").distinct().count() == 60

    def test_the_same_file_is_not_imported_twice(self, desk):
        loaded(desk, csv_of(1))
        with pytest.raises(voice.BatchKnownAlready):
            hand_in(desk, csv_of(1))
        assert Batch.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "filename", "refusal"),
        [
            (b"", "a.csv", voice.UnreadableFile),
            (b"PK\x03\x04zip", "a.xlsx", voice.UnreadableFile),
            (b"PAR1 broken", "a.parquet", voice.UnreadableFile),
            ("姓名,电话\n张,1\n".encode(), "a.csv", voice.UnknownColumns),
        ],
    )
    def test_a_file_with_nothing_to_read_is_refused_at_once(self, desk, content, filename, refusal):
        with pytest.raises(refusal):
            hand_in(desk, content, filename)
        assert not Batch.objects.exists()

    def test_nps_on_a_five_point_scale_is_refused(self, desk):
        with pytest.raises(voice.WrongScale):
            hand_in(desk, csv_of(1), scale="1-5")
        assert not Batch.objects.exists()

    def test_parquet_and_plain_lines_are_read_as_they_are(self, desk, tmp_path):
        import duckdb

        place = tmp_path / "a.parquet"
        duckdb.sql(
            f"copy (select '很快' as review, 5 as star, 1.0 as speed union all select null, null, null)"
            f" to '{place}' (format parquet)"
        )
        batch = loaded(desk, place.read_bytes(), "a.parquet")
        assert (batch.rows, batch.problems) == (1, 1)
        plain = loaded(desk, "好\n\n很好\n".encode(), "好评.txt", positive=True)
        assert plain.rows == 2
        assert Feedback.objects.filter(positive=True).count() == 2

    def test_the_console_reads_a_file_from_its_place_for_whoever_may(self, desk, tmp_path):
        place, told = tmp_path / "年.csv", []
        place.write_bytes(BROKEN)
        by = desk["access"].username
        call_command("voice_import", str(place), by=by, stdout=Lines(told))
        assert (Feedback.objects.count(), Batch.objects.get().storage_key) == (3, "")
        assert "3" in told[-1]
        for wrong in ({"by": by}, {"by": "nobody"}):
            with pytest.raises(CommandError):
                call_command("voice_import", str(place), **wrong)

    def test_can_be_stopped_and_is_not_for_everybody(self, desk):
        batch_id = hand_in(desk, csv_of(1))
        stranger, actor = make.colleague(make.office(), "SERVICE_MANAGER")
        with pytest.raises(voice.BatchNotFound):
            voice.stop_import(batch_id=batch_id, access=stranger, actor=actor, at=NOON)
        voice.stop_import(batch_id=batch_id, access=desk["access"], actor=desk["actor"], at=NOON)
        jobs.read_file(batch_id=batch_id)
        assert not Feedback.objects.exists()
        with pytest.raises(NotAllowed):
            hand_in({**desk, "access": make.colleague(desk["office_id"], "COUNTER")[0]}, csv_of(2))


class TestTopics:
    def test_become_ranked_topics_with_drivers_an_owner_and_an_effect(self, desk):
        access, actor = desk["access"], desk["actor"]
        batch = loaded(desk, csv_of(60))
        analysis_id = Analysis.objects.get().pk
        for _twice in range(2):
            jobs.analyse(analysis_id=analysis_id)
        found = queries.get_analysis(analysis_id, access)
        assert (found.state, found.result["comments"]) == ("DONE", 180)
        assert [t.rank for t in found.topics] == list(range(1, len(found.topics) + 1))
        weights = [t.weight for t in found.topics]
        assert weights == sorted(weights, reverse=True)
        assert found.topics[0].severity > 0.5
        assert (
            sum(t.count for t in found.topics)
            == Reading.objects.filter(topic__isnull=False).count()
        )
        assert found.result["driven_by"] == "recommend"
        assert {"SPEED", "ATTITUDE"} <= {d["name"] for d in found.result["drivers"]}
        for driver in found.result["drivers"]:
            assert driver["low"] <= driver["rho"] <= driver["high"]
        assert sum(d["weight"] for d in found.result["drivers"]) == pytest.approx(100)
        worst = queries.topic_comments(analysis_id, found.topics[0].number, limit=3)
        assert [r.content for r in worst] == sorted(r.content for r in worst)

        # Done anew, the readings before are let go.
        again = voice.ask_analysis(batch_id=batch.id, since=None, **desk)
        with pytest.raises(voice.AlreadyAnalysing):
            voice.ask_analysis(batch_id=batch.id, since=None, **desk)
        jobs.analyse(analysis_id=again)
        assert not Reading.objects.filter(analysis_id=analysis_id).exists()

        topic_id = Topic.objects.filter(analysis_id=again).earliest("rank").pk
        plan = {"topic_id": topic_id, "journey": "claim", "owner_id": access.staff_id,
                "access": access, "actor": actor, "at": NOON}  # fmt: skip
        with pytest.raises(voice.BadImprovement):
            voice.plan_improvement(title="加派人手", due_on=None, **plan)
        with pytest.raises(voice.BadImprovement):
            voice.plan_improvement(title="加派审核人手", due_on=date(2020, 1, 1), **plan)
        made = voice.plan_improvement(title="加派审核人手", due_on=NOON.date(), **plan)
        move = {"improvement_id": made, "access": access, "actor": actor, "at": NOON}
        with pytest.raises(voice.AlreadyAnswered):
            voice.move_improvement(state="CLOSED", on=None, note="做完了吗", **move)
        live = NOON.date() - timedelta(days=5)
        voice.move_improvement(state="RUNNING", on=live, note="", **move)
        for n in range(40):
            for days, good in ((-20, False), (1, True)):
                said = {
                    "source": "PAGE", "journey": "claim", "office_id": desk["office_id"],
                    "third_party": False, "recommend": 10 if good or n % 3 == 0 else 3,
                }  # fmt: skip
                when = NOON - timedelta(days=5) + timedelta(days=days)
                tx.use_case(add_up)(said, comment=False, at=when)
        view = queries.get_improvement(made, access, NOON)
        assert view.effect.difference > 50
        assert view.effect.thin
        assert not view.effect.is_clear
        assert Improvement.objects.get().about

    def test_are_not_looked_for_in_a_handful(self, desk):
        with pytest.raises(voice.NothingToAnalyse):
            voice.ask_analysis(batch_id=None, since=None, **desk)

    def test_words_of_aspects_are_the_insurers_to_change(self, desk):
        told = {"access": desk["access"], "actor": desk["actor"], "at": NOON}
        voice.change_aspect(code="SPEED", words="快、慢", **told)
        assert queries.aspect_words()["SPEED"] == ["快", "慢"]
        assert len(queries.list_aspects()) >= 7


class TestLearning:
    def test_needs_labels_enough_and_keeps_a_model_that_is_not_better_out_of_use(self, desk):
        access, actor = desk["access"], desk["actor"]
        told = {"access": access, "actor": actor, "at": NOON}
        loaded(desk, csv_of(40))
        with pytest.raises(voice.FewLabels):
            voice.ask_training(**told)
        rows = list(Feedback.objects.order_by("pk").values_list("pk", "stars"))
        for pk, stars in rows:
            voice.label(feedback_id=pk, positive=stars == 5, **told)
        voice.label(feedback_id=rows[0][0], positive=False, **told)
        assert Label.objects.count() == len(rows)
        voice.ask_training(**told)
        jobs.train_reader(actor=str(actor))
        [reader] = Reader.objects.all()
        assert reader.accuracy > 0.95
        better = reader.accuracy > reader.shipped_accuracy and reader.p_value < 0.05
        assert reader.released == better
        assert (queries.released_reader() is not None) == better
        stranger, other = make.colleague(make.office(), "SERVICE_MANAGER")
        with pytest.raises(voice.FeedbackNotFound):
            voice.label(
                feedback_id=rows[0][0], positive=True, access=stranger, actor=other, at=NOON
            )


class TestStudiesAndReports:
    def test_a_study_is_kept_corrected_and_held_to_the_scale(self, desk):
        study = {"name": "行业满意度", "by": "某调查公司", "measure": "NPS", "lowest": 0, "highest": 10,
                 "value": Decimal("41.5"), "others": None, "sample": 1200, "journey": "claim",
                 "held_on": date(2026, 1, 5), "access": desk["access"], "actor": desk["actor"],
                 "at": NOON}  # fmt: skip
        with pytest.raises(voice.WrongScale):
            voice.enter_study(**{**study, "lowest": 1, "highest": 5})
        with pytest.raises(voice.BadStudy):
            voice.enter_study(**{**study, "value": Decimal("141.5")})
        assert voice.enter_study(**study) == voice.enter_study(**{**study, "value": Decimal("42")})
        [kept] = queries.list_studies()
        assert kept.value == 42

    def test_a_months_report_is_made_once_for_offices_that_heard_something(self, desk):
        Feedback.objects.create(
            source="PAGE", touchpoint="x", journey="claim", who="CUSTOMER", stars=5, recommend=9,
            office_id=desk["office_id"], said_at=NOON, taken_by="party:1", text="很快",
        )  # fmt: skip
        for _ in range(2):
            voice.make_reports(at=NOON + timedelta(days=31))
        [report] = queries.list_reports(desk["access"])
        assert report.figures["ratings"] == 1
        assert report.figures["journeys"][0]["nps"][0] == 100
