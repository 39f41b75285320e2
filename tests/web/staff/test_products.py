"""产品: who keeps the standards or reads the figures sees what is sold, at which price, from what."""

import pytest

from tests import make


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
