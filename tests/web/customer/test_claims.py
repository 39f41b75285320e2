"""A claim's page: every promise shown, to its own people only."""

import pytest

from tests.web.pages import assert_same_words, text
from yilu.claims.models import Claim, Rating, Reopening

PAGES = ["", "/live", "/documents", "/uploads", "/account", "/withdraw", "/appeal", "/rate"]


class TestMyClaims:
    def test_lists_ones_own(self, lin, claim):
        page = text(lin.get("/c/claims"))

        assert Claim.objects.get().number in page
        assert "待资料" in page or "已报案" in page

    def test_is_empty_for_somebody_without_claims(self, zhou, claim):
        page = text(zhou.get("/c/claims"))
        assert "12345 特色理赔" in page
        assert "本系统拟定" in page

        assert "还没有理赔记录" in page
        assert Claim.objects.get().number not in page


class TestClaim:
    def test_shows_steps_holder_promise_law_and_papers(self, lin, claim):
        page = text(lin.get(f"/c/claims/{claim}"))

        for words in (
            "办到哪一步了",
            "谁在办：",
            "在等什么：",
            "资料清单",
            "全部经过",
            "撤回这次理赔",
        ):
            assert words in page, words
        assert "去交资料" in page
        assert 'popovertarget="cite-' in page  # the law behind a clock, one tap away

    def test_shows_the_sum_line_by_line_once_it_stands(self, lin, paid_claim):
        page = text(lin.get(f"/c/claims/{paid_claim}"))

        assert "赔多少，怎么算的" in page
        assert "合计赔付" in page
        assert "赔款在路上" in page
        assert 'data-poll="2"' in page  # it moves: without a stream of news it is looked at often
        assert 'data-push="' in page

    def test_of_another_customer_is_not_there_in_the_same_words(self, zhou, claim):
        for page in PAGES:
            assert_same_words(
                zhou.get(f"/c/claims/{claim}{page}"), zhou.get(f"/c/claims/99999999{page}")
            )

    def test_is_no_page_for_strangers_agents_and_staff(self, browsers, claim):
        for client in browsers.outsiders:
            for page in PAGES:
                answer = client.get(f"/c/claims/{claim}{page}")
                assert answer.status_code == 302
                assert answer.url.startswith("/c/sign-in")

    def test_is_never_kept_by_a_shared_cache(self, lin, claim):
        assert "private" in lin.get(f"/c/claims/{claim}").headers["Cache-Control"]

    def test_costs_a_bounded_number_of_statements(self, lin, claim, django_assert_max_num_queries):
        lin.get(f"/c/claims/{claim}")
        with django_assert_max_num_queries(30):
            lin.get(f"/c/claims/{claim}")

    def test_asks_how_it_was_once_the_money_is_there(self, lin, settled_claim):
        page = text(lin.get(f"/c/claims/{settled_claim}"))

        assert "说说办得怎么样" in page
        assert "已到账" in page


class TestLive:
    def test_sends_nothing_while_nothing_has_changed(self, lin, claim, people):
        from django.utils import timezone

        from yilu.web.customer.claims import version_of

        seen = version_of(people.as_lin)
        answer = lin.get(f"/c/claims/{claim}/live", {"seen": seen})

        assert answer.status_code == 204
        assert answer.content == b""
        assert timezone.now()

    def test_looks_at_an_index_only_while_nothing_has_changed(
        self, lin, claim, people, django_assert_max_num_queries
    ):
        from yilu.web.customer.claims import version_of

        seen = version_of(people.as_lin)
        with django_assert_max_num_queries(4):  # session, person, latest event, and no more
            lin.get(f"/c/claims/{claim}/live", {"seen": seen})

    def test_sends_the_moving_part_and_says_it_aloud(self, lin, claim):
        answer = lin.get(
            f"/c/claims/{claim}/live", {"seen": "0.0000"}, headers={"HX-Request": "true"}
        )
        page = text(answer)

        assert answer.status_code == 200
        assert page.lstrip().startswith('<div id="live"')
        assert 'hx-swap-oob="true"' in page
        assert "<html" not in page

    def test_answers_304_to_a_browser_that_has_it(self, lin, claim):
        first = lin.get(f"/c/claims/{claim}/live")
        again = lin.get(f"/c/claims/{claim}/live", headers={"If-None-Match": first.headers["ETag"]})

        assert again.status_code == 304

    def test_rests_when_it_is_over(self, lin, claim):
        lin.post(f"/c/claims/{claim}/withdraw")

        assert "hx-trigger" not in text(lin.get(f"/c/claims/{claim}"))


class TestWithdraw:
    def test_asks_first_and_then_does_it(self, lin, claim):
        assert "要撤回这次理赔吗" in text(lin.get(f"/c/claims/{claim}/withdraw"))
        answer = lin.post(f"/c/claims/{claim}/withdraw")

        assert answer.url == f"/c/claims/{claim}"
        assert Claim.objects.get(pk=claim).state == "WITHDRAWN"

    def test_a_second_time_is_told_why_not(self, lin, claim):
        lin.post(f"/c/claims/{claim}/withdraw")
        answer = lin.post(f"/c/claims/{claim}/withdraw")

        assert answer.status_code == 409
        assert "已撤回" in text(answer)

    def test_by_a_stranger_changes_nothing(self, zhou, claim):
        assert zhou.post(f"/c/claims/{claim}/withdraw").status_code == 404
        assert Claim.objects.get(pk=claim).state != "WITHDRAWN"


class TestRate:
    def rated(self, client, claim, **given):
        return client.post(
            f"/c/claims/{claim}/rate", {"stars": "5", "recommend": "10", "comment": "快", **given}
        )

    @pytest.fixture
    def over(self, settled_claim):
        return settled_claim

    def test_keeps_it_once(self, lin, over):
        assert self.rated(lin, over).status_code == 302
        again = self.rated(lin, over, stars="1")

        assert again.status_code == 409
        assert "您已经评价过" in text(again)
        assert Rating.objects.get().stars == 5

    @pytest.mark.parametrize(
        "wrong",
        [{"stars": "0"}, {"stars": "6"}, {"recommend": "11"}, {"recommend": "-1"}, {"stars": ""}],
    )
    def test_refuses_what_is_out_of_bounds(self, lin, over, wrong):
        assert self.rated(lin, over, **wrong).status_code == 422
        assert not Rating.objects.exists()

    def test_before_the_decision_is_told_why_not(self, lin, claim):
        assert self.rated(lin, claim).status_code == 409
        assert not Rating.objects.exists()

    def test_by_a_stranger_changes_nothing(self, zhou, over):
        assert self.rated(zhou, over).status_code == 404
        assert not Rating.objects.exists()


class TestAppeal:
    @pytest.fixture
    def declined(self, claim):
        Claim.objects.filter(pk=claim).update(state="DECLINED")
        return claim

    def test_goes_to_somebody_else_with_its_reasons(self, lin, declined):
        answer = lin.post(f"/c/claims/{declined}/appeal", {"text": "自费药不应全部扣除"})

        assert answer.status_code == 302
        assert Reopening.objects.get().cause == "APPEAL"
        assert Claim.objects.get(pk=declined).state == "REVIEW"
        assert "自费药不应全部扣除" in lin.get(f"/c/claims/{declined}").text
        again = lin.get(f"/c/claims/{declined}/appeal").text
        assert "您的申请已收到" in again
        assert "<textarea" not in again

    def test_must_say_why(self, lin, declined):
        assert lin.post(f"/c/claims/{declined}/appeal", {"text": "不服"}).status_code == 422
        assert not Reopening.objects.exists()


class TestLetter:
    def test_of_another_customer_is_not_there_in_the_same_words(self, zhou, claim):
        assert_same_words(
            zhou.get(f"/c/claims/{claim}/letters/1"), zhou.get("/c/claims/999/letters/999")
        )
