"""The demo's page: everything in the demo, nothing anywhere else."""

import json

import pyotp
import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import include, path

from tests import make
from tests.messaging import post
from yilu.messaging import operations, queries
from yilu.site.urls import urlpatterns as site_patterns
from yilu.web.staff import demo

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
urlpatterns = [*site_patterns, path("", include("yilu.web.staff.demo"))]


@pytest.fixture
def shown(settings, tmp_path):
    settings.DEMO, settings.VAR, settings.ROOT_URLCONF = True, tmp_path, __name__
    (tmp_path / "demo-papers").mkdir()
    (tmp_path / "demo-papers" / "发票.pdf").write_bytes(b"%PDF-1.7 demo")
    (tmp_path / "secret.pdf").write_bytes(b"not for you")
    told = {
        "password": "demo-password", "totp_secret": SECRET,
        "staff": [{"username": "shen.ce", "name": "沈策", "roles": ["ASSESSOR"], "office": "甲"}],
        "customers": [{"name": "林女士", "phone": "13812345678", "note": "2 张保单"}],
        "agents": [{"name": "魏代理", "code": "A1", "phone": "13900000001"}],
        "papers": [{"file": "发票.pdf", "what": "门诊电子票据", "for": "林女士"}, {"file": "no.pdf", "what": "x"}],
    }  # fmt: skip
    (tmp_path / "demo.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(
    "url",
    ["/demo", "/demo/codes", "/demo/batch", "/demo/letter", "/demo/wechat", "/demo/papers/x.pdf"],
)
def test_outside_the_demo_there_is_no_such_page(client, db, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "view", [demo.demo, demo.codes, demo.batch, lambda r: demo.paper(r, "发票.pdf")]
)
def test_outside_the_demo_it_refuses_even_if_somebody_mounts_it(view, shown, settings):
    settings.DEMO = False
    with pytest.raises(Http404):
        view(RequestFactory().get("/demo"))


def test_it_names_every_sign_in_and_the_password_of_the_moment(client, db, shown):
    page = client.get("/demo").content.decode()

    assert "shen.ce" in page
    assert "理赔审核" in page
    assert "demo-password" in page
    assert "13812345678" in page
    assert pyotp.TOTP(SECRET).at(make.NOON) in page
    assert SECRET not in page
    assert "no.pdf" not in page


def test_codes_sent_by_telephone_are_shown(client, people, shown):
    operations.send_message(
        template="people.sign_in_code", to=people.as_lin, about=people.as_lin,
        facts={"code": "246810", "minutes": "5"}, actor=people.as_chen, at=make.NOON,
    )  # fmt: skip
    post.send()

    answer = client.get("/demo/codes")

    assert "246810" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_only_the_ready_papers_are_given(client, db, shown):
    assert client.get("/demo/papers/发票.pdf").content == b"%PDF-1.7 demo"
    for name in ("no.pdf", "secret.pdf", "..%2Fsecret.pdf", "demo.json"):
        assert client.get(f"/demo/papers/{name}").status_code == 404


def test_before_the_seed_has_run_it_says_so(client, db, shown, settings):
    (settings.VAR / "demo.json").unlink()

    assert "演示数据还在准备" in client.get("/demo").content.decode()


def test_a_hospitals_batch_is_asked_for_and_followed(client, db, shown):
    assert "准备并提交 20000 次就诊" in client.get("/demo/batch").text.replace(",", "")
    assert client.post("/demo/batch").status_code == 302
    page = client.get("/demo/batch").text
    assert "正在准备参保员工" in page
    assert "hx-get" in page
    assert "正在准备参保员工" in client.get("/demo").text


def test_what_is_written_there_waits_for_a_seat_as_from_a_gateway(client, db, shown):
    make.party(make.office(), phone="13812345678")
    told = {"channel": "WECHAT", "phone": "13812345678", "text": "我的理赔到哪了"}
    assert client.post("/demo/letter", told).headers["Location"] == "/demo#h-letter"
    [letter] = queries.replies()
    assert (letter.channel, letter.party_id is not None) == ("WECHAT", True)
    assert client.post("/demo/letter", told | {"channel": "PIGEON"}).status_code == 302
    assert len(queries.replies()) == 1


def test_a_page_plays_wechats_part_when_a_binding_code_is_scanned(client, people, shown):
    scene = operations.offer_binding(party_id=people.lin, actor=people.as_lin, at=make.NOON)
    assert scene in client.get(f"/demo/wechat?scene={scene}").text
    assert "没有绑定" in client.post("/demo/wechat", {"scene": "made:up"}).text
    assert "已关注并绑定" in client.post("/demo/wechat", {"scene": scene}).text
    assert queries.is_bound(people.as_lin)
