"""What is read out of comments: mood, repetitions, drivers; and that no door loads it."""

import numpy as np
import pytest

from yilu.voice.language import corpus, drivers, duplicates, learning, sentiment, topics
from yilu.voice.language.aspects import Finder
from yilu.voice.language.grams import counted, normalised
from yilu.voice.language.words import cut


class TestMood:
    def test_the_shipped_model_reads_plain_praise_and_blame(self):
        read = sentiment.shipped().read(
            [
                "客服很耐心，赔款当天就到账",
                "讲得很清楚，谢谢",
                "打了三次电话都没人接",
                "系统闪退，根本登录不上",
                "",
            ],
            cut,
        )
        assert (read[:2] > 0.6).all()
        assert (read[2:4] < 0.4).all()
        assert 0 <= read[4] <= 1

    def test_packing_changes_no_verdict(self):
        texts = [
            w + e for w in ("很好", "真差", "满意", "失望") for e in ("！", "。", "啊", "呢", "了")
        ]
        told = np.array([n < 5 or 10 <= n < 15 for n in range(20)])
        made = sentiment.train(texts, told, cut, bits=14)
        kept = sentiment.unpacked(sentiment.packed(made))
        assert kept.bits == 14
        assert ((made.read(texts, cut) > 0.5) == (kept.read(texts, cut) > 0.5)).all()

    def test_equal_writings_count_equally(self):
        assert normalised("好好好好  ＡＢ１２") == "好好 ab0"
        rows = counted(["好", "好", ""], 12, cut)
        assert rows.indices[0] == rows.indices[2]
        assert len(rows) == 3

    def test_mcnemar_says_what_the_binomial_says(self):
        assert learning.mcnemar(8, 1) == pytest.approx(2 * 10 / 512)
        assert learning.mcnemar(0, 0) == 1


class TestRepetitions:
    def test_nearly_the_same_is_found_and_short_words_are_told_apart(self):
        texts = [
            "理赔速度太慢了等了两个月还没有到账",
            "理赔速度太慢了等了两个月还没有到账！",
            "完全不同的一句话，讲的是别的事情",
            "好",
            "差",
            "好",
        ]
        first = duplicates.first_alike(duplicates.signatures(texts))
        assert first.tolist() == [0, 0, 2, 3, 4, 3]

    def test_how_a_short_sentence_is_closed_makes_no_other_comment(self):
        texts = [f"不赔的理由看不懂{end}" for end in ("。", ",", "!", "...", "")]
        assert set(duplicates.first_alike(duplicates.signatures(texts)).tolist()) == {0}


class TestDrivers:
    def test_what_drives_is_found_and_shares_add_up(self):
        chance = np.random.default_rng(4)
        values = chance.integers(-1, 2, (400, 3)).astype(float)
        score = 3 * values[:, 0] + values[:, 1] + chance.normal(0, 1, 400)
        values[chance.random((400, 3)) < 0.2] = np.nan
        found = drivers.find(["a", "b", "c"], values, score)
        assert [d.name for d in found.drivers][:2] == ["a", "b"]
        assert sum(d.weight for d in found.drivers) == pytest.approx(100)
        assert all(d.weight_low - 1 <= d.weight <= d.weight_high + 1 for d in found.drivers)
        assert found.drivers[0].low > 0.5
        assert found.matrix[0][0] == 1

    def test_relative_weights_of_independent_attributes_are_their_squares(self):
        weights, explained = drivers.relative_weights(np.eye(2), np.array([0.6, 0.3]))
        assert weights == pytest.approx([80, 20], abs=0.1)
        assert explained == pytest.approx(0.45, abs=0.01)

    def test_says_nothing_of_a_handful(self):
        assert drivers.find(["a", "b"], np.ones((10, 2)), np.ones(10)) is None

    def test_ranks_share_ties(self):
        assert drivers.ranked(np.array([3.0, 1.0, 3.0])).tolist() == [2.5, 1, 2.5]


class TestTopics:
    def test_are_found_named_and_the_same_every_time(self):
        said = [
            "理赔 审核 太 慢",
            "理赔 到账 慢",
            "审核 到账 等",
            "手机 登录 闪退",
            "手机 系统 闪退",
            "系统 登录 卡顿",
        ] * 10
        worded = [topics.telling(s.split()) for s in said]
        found = topics.find(worded, 2)
        of = found.of(worded)
        assert len(set(of[:3].tolist())) == 1
        assert of[0] != of[3]
        assert (topics.find(worded, 2).of(worded) == of).all()
        named = topics.Words({})
        named.add(of.tolist(), worded)
        assert set(named.best(int(of[3]))) <= {"手机", "登录", "闪退", "系统", "卡顿"}
        assert topics.find([["独"]], 5) is None

    def test_aspects_are_read_clause_by_clause(self):
        finder = Finder({"SPEED": ["慢"], "ATTITUDE": ["态度"]})
        assert [sorted(own) for _c, own in finder.clauses("就是慢，态度很好。没了")] == [[0], [1]]

    def test_nothing_said_comes_to_nothing(self):
        read = corpus.read(lambda: iter(()), 0, sentiment.shipped(), {}, list, lambda *_a: None)
        assert (read.comments, read.topics, read.drivers) == (0, [], None)
