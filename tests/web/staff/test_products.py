"""产品: who keeps the standards or reads the figures sees what is sold, at which price, from what."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from tests import make
from tests.house.html_check import problems_of
from yilu.products import queries
from yilu.products.models import ProductVersion


@pytest.fixture
def whole_life(db):
    return make.product("whole-life")


def test_the_list_shows_prices_and_what_is_not_sold_alone(desk, whole_life):
    make.product("group-medical")
    make.product("rider-allowance")
    page = desk.editor.client.get("/staff/products").content.decode()

    assert "一路传家终身寿险" in page
    assert "不单独销售" in page
    assert "附加险" in page
    assert "含示例数据" in page


def test_the_page_shows_rates_basis_questions_notices_and_clauses(desk, whole_life):
    page = desk.lead.client.get(f"/staff/products/{whole_life}?pay=10&age=40").content.decode()

    for said in (
        "每千元保额年交保险费，交 10 年",
        "40 岁投保",
        "CL3、CL4",
        "您是否被诊断为高血压",
        "战争",
        "0.025",
    ):
        assert said in page, said


def test_the_pictures_tell_rates_by_age_and_values_by_year(desk, whole_life):
    where = f"/staff/products/{whole_life}/chart"
    rates = desk.lead.client.get(f"{where}/rates?pay=10").json()
    values = desk.lead.client.get(f"{where}/values?pay=10&age=40").json()

    assert rates["names"][0] == "0"
    assert all(len(line["data"]) == len(rates["names"]) for line in rates["series"])
    assert values["series"][0]["data"][-1] == 1000.0
    assert len(values["names"]) == 66


def test_what_is_not_offered_falls_back_to_what_is(desk, whole_life):
    page = desk.lead.client.get(f"/staff/products/{whole_life}?pay=7&age=-3")
    assert page.status_code == 200
    assert desk.lead.client.get(f"/staff/products/{whole_life}/chart/more").status_code == 404


def test_a_group_product_has_clauses_alone(desk):
    version = make.product("group-medical")
    page = desk.editor.client.get(f"/staff/products/{version}").content.decode()
    assert "不单独向个人销售" in page
    assert desk.editor.client.get(f"/staff/products/{version}/chart/rates").status_code == 404


def test_is_for_nobody_else(desk, others, whole_life):
    for path in ("/staff/products", f"/staff/products/{whole_life}"):
        assert desk.payer.client.get(path).status_code == 403
        assert others.powerless.get(path).status_code == 403
        for stranger in (others.nobody, others.customer, others.agent):
            assert stranger.get(path).status_code in (302, 403)
    assert desk.editor.client.get("/staff/products/999999").status_code == 404


class TestEndOfSale:
    """停售: proposed on the page by one, confirmed by another."""

    @pytest.fixture
    def url(self, whole_life):
        return f"/staff/products/{whole_life}/end-of-sale"

    def form(self, **more):
        return {"do": "propose", "last_day": str(localdate()), "reason": "换代产品上市"} | more

    def test_two_people_and_the_list_says_so(self, desk, url, whole_life):
        one, other = desk.editor.client, desk.second_editor.client
        assert one.post(url, self.form()).status_code == 302
        page = one.get(f"/staff/products/{whole_life}").content.decode()
        assert not problems_of(page)
        assert "您提出的，须由另一位有权限的同事复核" in page
        refused = one.post(url, {"do": "confirm"})
        assert (refused.status_code, "提出停售的人不能自己复核" in refused.content.decode()) == (
            403,
            True,
        )

        said = other.post(url, {"do": "confirm"}, follow=True).content.decode()
        assert "已确定停售" in said
        assert "换代产品上市" in said
        assert queries.sale_of(whole_life).last_day == localdate()
        assert "将停售" in said

    def test_a_wrong_day_keeps_what_was_typed(self, desk, url, whole_life):
        yesterday = str(localdate() - timedelta(days=1))
        refused = desk.editor.client.post(url, self.form(last_day=yesterday))
        page = refused.content.decode()
        assert (refused.status_code, not problems_of(page)) == (422, True)
        assert "最后销售日不对" in page
        assert "换代产品上市" in page
        assert queries.sale_of(whole_life).waiting is None

    def test_others_neither_propose_nor_confirm(self, desk, kept_out, chen, url, whole_life):
        kept_out(url, method="post")
        for client in (chen, desk.lead.client):
            assert client.post(url, self.form()).status_code == 403
        assert queries.sale_of(whole_life).waiting is None
        seen = desk.lead.client.get(f"/staff/products/{whole_life}").content.decode()
        assert "停售这个产品" not in seen

    def test_no_such_product(self, desk, db):
        assert (
            desk.editor.client.post("/staff/products/999999/end-of-sale", self.form()).status_code
            == 404
        )

    def test_what_is_no_longer_sold_stands_apart(self, desk, whole_life):
        make.product("term-life")
        ProductVersion.objects.filter(pk=whole_life).update(valid_to=localdate())
        page = desk.editor.client.get("/staff/products").content.decode()
        assert "已停售" in page
        assert "一路传家终身寿险" in page.split("已停售")[1]
