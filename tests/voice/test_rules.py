"""Scores, sampling, growth, masking and files read as they should, also where they are broken."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import NOON
from yilu.contact import queries as contact
from yilu.voice import catalogues
from yilu.voice import records as lines
from yilu.voice.rules import aspects, columns, growth, masking, sampling, scores, urgency
from yilu.voice.rules.scores import Tally

COUNTS = st.integers(0, 400)


class TestScores:
    @given(COUNTS, COUNTS, COUNTS)
    @settings(max_examples=50)
    def test_nps_lies_in_its_interval_and_on_its_scale(self, p, z, d):
        found = scores.nps(Tally(p, z, d))
        if p + z + d == 0:
            assert found is None
        else:
            assert -100 <= found.low <= found.value <= found.high <= 100
            assert found.value == pytest.approx(100 * (p - d) / (p + z + d))

    @pytest.mark.parametrize("chances", [(0.5, 0.3, 0.2), (0.9, 0.07, 0.03), (0.2, 0.2, 0.6)])
    @pytest.mark.parametrize("n", [20, 80])
    def test_ninety_five_percent_intervals_hold_the_truth_about_that_often(self, chances, n):
        drawing, truth, held = random.Random(n), 100 * (chances[0] - chances[2]), 0
        for _ in range(1_000):
            drawn = drawing.choices("pzd", chances, k=n)
            found = scores.nps(Tally(*(drawn.count(c) for c in "pzd")))
            held += found.low <= truth <= found.high
        assert 0.925 <= held / 1_000 <= 0.985

    def test_wilson_says_what_the_textbook_says(self):
        found = scores.share(8, 10)
        assert (round(found.low, 1), round(found.high, 1)) == (49.0, 94.3)
        assert scores.share(0, 0) is None
        assert scores.share(10, 10).high == 100

    @pytest.mark.parametrize("scale", ["1-5", "1-10", "0-5", "", "5"])
    def test_nps_is_refused_on_any_other_scale_than_0_to_10(self, scale):
        with pytest.raises(scores.WrongScale):
            columns.check_scale(scale)

    def test_nps_of_eleven_points_is_taken(self):
        columns.check_scale("0-10")

    @pytest.mark.parametrize(("stars", "recommend"), [(0, None), (6, None), (None, -1), (None, 11)])
    def test_figures_outside_their_scale_are_refused(self, stars, recommend):
        with pytest.raises(scores.OutOfScale):
            scores.check(stars, recommend)

    def test_a_clear_change_is_told_from_chance_and_a_thin_one_is_not(self):
        clear = scores.compare(Tally(200, 100, 200), Tally(320, 100, 80))
        assert clear.is_clear
        assert clear.low > 0
        thin = scores.compare(Tally(3, 2, 5), Tally(8, 1, 1))
        assert thin.thin
        assert not thin.is_clear
        assert scores.compare(Tally(0, 0, 0), Tally(1, 0, 0)) is None

    def test_no_change_seldom_looks_like_one(self):
        drawing, alarms = random.Random(3), 0
        for _ in range(600):
            a, b = (drawing.choices("pzd", (0.4, 0.3, 0.3), k=150) for _side in "ab")
            found = scores.compare(*(Tally(*(s.count(c) for c in "pzd")) for s in (a, b)))
            alarms += found.p < 0.05
        assert alarms / 600 < 0.08


class TestGrowth:
    def test_a_tripled_share_grows_and_an_even_one_does_not(self):
        assert growth.p_growth(30, 30, 3000, 1000) < 0.001
        assert growth.p_growth(30, 10, 3000, 1000) > 0.4
        assert growth.factor(30, 30, 3000, 1000) == 3

    def test_large_counts_use_the_limit_and_agree_with_it(self):
        assert growth.p_growth(3600, 1401, 30_000, 10_000) < 1e-6
        assert growth.p_growth(3751, 1250, 30_000, 10_000) == pytest.approx(0.5, abs=0.02)

    def test_of_many_even_topics_hardly_any_is_called_growing(self):
        ps = [0.001, 0.04, 0.2, 0.5, 0.9]
        assert growth.discoveries(ps) == [True, False, False, False, False]
        assert growth.discoveries([]) == []

    def test_nothing_before_or_after_is_no_growth(self):
        assert growth.p_growth(0, 0, 0, 0) == 1
        assert growth.p_growth(0, 9, 0, 100) == 1
        assert growth.factor(0, 9, 100, 100) is None


class TestSampling:
    RULE = sampling.Rule("保全", "servicing", 30, 30, 4, 90, 14)

    def past(self, **given):
        usual = {"last_asked_at": None, "asked_in_a_year": 0, "last_complaint_at": None}
        return sampling.Past(**{**usual, "unanswered_in_a_row": 0, **given})

    @pytest.mark.parametrize(
        ("past", "lot", "reason"),
        [
            ({}, 2999, None),
            ({}, 3000, "NOT_DRAWN"),
            ({"last_asked_at": NOON - timedelta(days=29)}, 0, "ASKED_LATELY"),
            ({"last_asked_at": NOON - timedelta(days=31)}, 0, None),
            (
                {"last_asked_at": NOON - timedelta(days=31), "unanswered_in_a_row": 1},
                0,
                "UNANSWERED",
            ),
            ({"last_asked_at": NOON - timedelta(days=61), "unanswered_in_a_row": 1}, 0, None),
            ({"asked_in_a_year": 4}, 0, "ASKED_OFTEN"),
            ({"last_complaint_at": NOON - timedelta(days=89)}, 0, "COMPLAINED"),
            ({"last_complaint_at": NOON - timedelta(days=91)}, 0, None),
        ],
    )
    def test_leaves_people_in_peace(self, past, lot, reason):
        assert sampling.reason_not_to_ask(self.RULE, self.past(**past), lot, NOON) == reason
        assert reason is None or reason in sampling.REASONS

    def test_draws_the_same_lot_for_the_same_thing_and_its_share_of_many(self):
        lots = [sampling.draw("visit_done", n, f"visit:{n}") for n in range(2_000)]
        assert lots == [sampling.draw("visit_done", n, f"visit:{n}") for n in range(2_000)]
        assert 500 < sum(lot < 3000 for lot in lots) < 700

    def test_every_shipped_rule_names_a_journey_and_keeps_the_measure(self):
        for rule in catalogues.survey_rules().values():
            assert rule.quiet_days >= 7
            assert rule.journey in columns_journeys()


def columns_journeys():
    from yilu.voice.rules.labels import JOURNEYS

    return JOURNEYS


class TestMasking:
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("请打13812345678找我", "请打〔电话〕找我"),
            ("电话 138 1234 5678。", "电话 〔电话〕。"),
            ("１３８１２３４５６７８", "〔电话〕"),
            ("一三八一二三四五六七八", "〔电话〕"),
            ("身份证11010519491231002X没通过", "身份证〔证件号〕没通过"),
            ("卡号6222 0212 3456 1234 567", "卡号〔账号〕"),
            ("写信到 zhang.san@example.com 吧", "写信到 〔邮箱〕 吧"),
            ("我叫欧阳小明，赔款没到", "我叫欧阳小明，赔款没到"),
            ("我叫张小明，赔款没到", "我叫〔姓名〕，赔款没到"),
            ("住在中山路88号3单元", "〔地址〕"),
            ("车牌沪A12345被撞", "车〔车牌〕被撞"),
            ("保单号P2026000123456", "〔单号〕"),
            ("等了30天，赔了2000元", "等了30天，赔了2000元"),
            ("👍👍服務很好，感謝！", "👍👍服務很好，感謝！"),
        ],
    )
    def test_takes_out_what_names_somebody_and_nothing_else(self, said, kept):
        found = masking.mask(said).text
        if kept == "〔地址〕":
            assert "88" not in found
        elif "沪A" in said:
            assert "12345" not in found
        elif "〔单号〕" in kept:
            assert "123456" not in found
        else:
            assert found == kept

    @given(st.text(max_size=200))
    @settings(max_examples=50)
    def test_never_fails_and_never_lets_a_mobile_through(self, noise):
        found = masking.mask(masking.clean(noise + "，13812345678。"))
        assert "13812345678" not in found.text
        assert found.count >= 1

    def test_control_characters_and_lone_surrogates_are_gone(self):
        assert masking.clean("a\x00b\x07\ud800c\r\nd ") == "ab?c\nd"


class TestUrgency:
    @pytest.mark.parametrize(
        ("source", "stars", "recommend", "text", "urgent"),
        [
            ("PAGE", 5, 10, "很好", None),
            ("PAGE", 1, None, "", None),
            ("PAGE", 2, None, "太慢", False),
            ("LINK", None, 3, "材料太多", False),
            ("CARD", 5, 10, "请问什么时候到账？", False),
            ("BOX", None, None, "谢谢", False),
            ("WECHAT", None, None, "再不处理我就打12378投诉", None),
            ("PAGE", 5, 10, "订单 99123456", None),
            ("PAGE", 5, 10, "再不处理我就打12378投诉", True),
        ],
    )
    def test_says_who_is_answered_and_how_soon(self, source, stars, recommend, text, urgent):
        need = urgency.need(source, stars, recommend, text, presses=contact.presses(text))
        assert (need.urgent if need else None) is urgent


def read_all(content: bytes, *, encoding="utf-8"):
    found = list(lines.records(content.splitlines(keepends=True), encoding, ","))
    return [r.cells for r in found if not r.problem], [
        (r.line, r.problem) for r in found if r.problem
    ]


class TestLines:
    def test_a_record_may_hold_line_breaks_and_commas_in_quotes(self):
        good, bad = read_all('a,b\n1,"两行\n意见，""好"""\n2,短\n'.encode())
        assert good == [["a", "b"], ["1", '两行\n意见，"好"'], ["2", "短"]]
        assert not bad

    def test_an_unclosed_quote_spoils_its_own_line_only(self):
        rows = "".join(f"{n},好\n" for n in range(500))
        good, bad = read_all(f'a,b\n0,"没有收尾\n{rows}'.encode())
        assert len(good) == 501
        assert bad == [(2, lines.UNCLOSED)]

    def test_a_line_in_another_encoding_is_reported_and_the_rest_read(self):
        good, bad = read_all("1,好\n".encode() + "2,坏\n".encode("gb18030") + "3,中\n".encode())
        assert [c[0] for c in good] == ["1", "3"]
        assert bad == [(2, lines.UNREADABLE)]

    @given(
        st.lists(
            st.lists(st.text(alphabet='ab,"\n好', max_size=6), min_size=2, max_size=2), max_size=8
        )
    )
    @settings(max_examples=50)
    def test_reads_what_the_csv_module_writes(self, rows):
        import csv
        import io

        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        good, bad = read_all(out.getvalue().encode())
        assert good == rows
        assert not bad

    def test_knows_encodings_and_delimiters(self):
        assert lines.encoding_of("\ufeff评论".encode()) == "utf-8-sig"
        assert lines.encoding_of("评论\n好".encode("gb18030")) == "gb18030"
        assert lines.encoding_of("评论，很长".encode()[:-1]) in ("utf-8", "gb18030")
        assert lines.delimiter_of("a\tb\tc,d") == "\t"


class TestColumns:
    TODAY = date(2026, 11, 22)

    def read(self, heading, cells):
        return columns.read_row(cells, columns.read_heading(heading), today=self.TODAY)

    def test_understands_the_public_files_as_they_are(self):
        shopping = self.read(["cat", "label", "review"], ["酒店", "0", "房间小😊"])
        assert (shopping.touchpoint, shopping.positive, shopping.comment) == (
            "酒店",
            False,
            "房间小😊",
        )
        aspect = self.read(
            ["\ufeffindex", "reviewbody", "star", "dish_taste", "dish_look"],
            ["1", "好吃", "4.0", "1", "-2"],
        )
        assert (aspect.stars, aspect.attributes) == (4, {"dish_taste": 1.0})

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            (["好", "6", "", ""], "不在 1 至 5"),
            (["好", "4.5", "", ""], "不在 1 至 5"),
            (["好", "很多", "", ""], "不是数字"),
            (["好", "5", "11", ""], "不在 0 至 10"),
            (["", "", "", ""], "没有评论，也没有评分"),
            (["好", "5", "", "2027-01-01"], "不合理"),
            (["好", "5", "", "昨天"], "2026-01-31"),
            (["好", "5", ""], "应有 4 列，实有 3 列"),
            (["好" * 400_000, "5", "", ""], "超过 20000 字节"),
        ],
    )
    def test_says_of_a_bad_row_what_is_wrong(self, cells, reason):
        with pytest.raises(columns.BadRow) as refused:
            self.read(["评论", "满意度", "推荐意愿", "日期"], cells)
        assert reason in str(refused.value.args[0])

    def test_a_heading_without_anything_said_is_refused(self):
        with pytest.raises(columns.UnknownColumns):
            columns.read_heading(["姓名", "电话"])

    def test_every_aspect_has_words_and_edited_words_are_read(self):
        assert len(catalogues.aspects()) >= 7
        assert aspects.read_words("快，慢、及时 慢\n拖") == ("快", "慢", "及时", "拖")
        for bad in ("", "字" * 21):
            with pytest.raises(aspects.BadAspect):
                aspects.read_words(bad)


def test_names_in_the_tables_are_translated():
    from yilu.voice.rules.labels import FROM_TABLES

    named = {label for _code, label, _words in catalogues.aspects()}
    named |= {rule.label for rule in catalogues.survey_rules().values()}
    assert named == set(FROM_TABLES)
