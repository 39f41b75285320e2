"""首页 and policies."""

from tests.web.pages import assert_same_words, text


def test_a_stranger_is_welcomed(client, db):
    page = text(client.get("/"))

    assert "出险不慌" in page
    assert "登录看进度" in page


def test_agents_and_staff_see_what_strangers_see(browsers, policy):
    for client in (browsers.wei, browsers.chen):
        page = text(client.get("/"))
        assert "出险不慌" in page
        assert policy.number not in page


def test_home_shows_policies_claims_and_offers(lin, policy, claim, offer):
    page = text(lin.get("/"))

    assert policy.number in page
    assert "我的理赔" in page
    assert "有一笔理赔已为您备好" in page
    assert "我要报案" in page


def test_home_of_somebody_new_is_kind_about_it(zhou):
    page = text(zhou.get("/"))

    assert "没有查到您名下的保单" in page
    assert "没有在办的理赔" in page


def test_a_policy_shows_cover_exclusions_and_particulars(lin, policy):
    page = text(lin.get(f"/c/policies/{policy.id}"))

    for words in ("保障内容", "哪些情况不赔", "投保人", "保险费", "用这张保单报案"):
        assert words in page, words


def test_a_policy_of_another_customer_is_not_there_in_the_same_words(zhou, policy):
    assert_same_words(zhou.get(f"/c/policies/{policy.id}"), zhou.get("/c/policies/99999999"))


def test_a_policy_is_no_page_for_others(browsers, policy):
    for client in browsers.outsiders:
        assert client.get(f"/c/policies/{policy.id}").status_code == 302


def test_everything_is_said_in_english_too(lin, policy, claim):
    lin.cookies["django_language"] = "en"

    for path, words in (
        ("/", "My policies"),
        ("/c/claims", "My claims"),
        (f"/c/claims/{claim}", "Where it stands"),
        (f"/c/claims/{claim}/documents", "Hand in documents"),
        ("/c/privacy", "Privacy and consents"),
    ):
        assert words in text(lin.get(path)), path
