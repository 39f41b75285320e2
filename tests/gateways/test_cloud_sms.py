"""
The clouds' SMS interfaces. ``vectors/cloud_sms.json`` holds whole requests as the providers' own libraries
(alibabacloud-dysmsapi20170525 4.6.0, tencentcloud-sdk-python-sms 3.1.153) sent them to a server on this machine, with made-up
keys: our signatures must be theirs. The libraries are no part of this project.
"""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.gateways.http_stub import provider
from yilu.gateways import cloud_sms, opening, sms

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cloud_sms.json").read_text())


@pytest.mark.parametrize("sent", VECTORS, ids=lambda sent: sent["headers"]["authorization"][:3])
def test_signs_as_the_providers_own_library(sent):
    given, wanted = sent["headers"], sent["headers"]["authorization"]
    if wanted.startswith("ACS3"):
        named = wanted.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        query = dict(parse_qsl(urlsplit(sent["path"]).query, keep_blank_values=True))
        made = cloud_sms.acs3_authorization(
            "testid", "testsecret", "POST", "/", query, {name: given[name] for name in named},
            given["x-acs-content-sha256"],
        )  # fmt: skip
    else:
        made = cloud_sms.tc3_authorization(
            "testid", "testsecret", "sms", given["host"], given["content-type"],
            int(given["x-tc-timestamp"]), sent["body"].encode(),
        )  # fmt: skip
    assert made == wanted


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "alibaba.json").write_text('{"claims.paid": "SMS_1"}')
    (tmp_path / "tencent.json").write_text('{"claims.paid": ["7", "claim", "amount"]}')
    return tmp_path


def text(template="claims.paid"):
    values = {"claim": "LP1", "amount": "1,234.50元"}
    return sms.Text("abc", "+8613900000123", "…", ("…",), "一路人寿", template, values)


def gateway(name, port, tables):
    return opening.open_gateway(
        f"{name}+http://id:secret@127.0.0.1:{port}?app=14&templates={tables / name}.json"
    )


OK = {
    "alibaba": {"Code": "OK", "BizId": "9^0"},
    "tencent": {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "9^0"}]}},
}
FAILS = {
    "alibaba": lambda code: {"Code": code},
    "tencent": lambda code: {"Response": {"Error": {"Code": code}}},
}


@pytest.mark.parametrize("name", ["alibaba", "tencent"])
def test_hands_over_under_the_providers_template_and_our_key(name, tables):
    with provider(lambda path, body: (200, OK[name])) as (port, asked):
        assert gateway(name, port, tables).submit([text()]) == [sms.Accepted(("9^0",))]
    path, body, headers = asked[0]
    told = dict(parse_qsl(urlsplit(path).query)) if name == "alibaba" else json.loads(body)
    assert told.get("OutId", told.get("SessionContext")) == "abc"
    assert told.get("TemplateCode", told.get("TemplateId")) in {"SMS_1", "7"}
    if name == "tencent":
        assert told["TemplateParamSet"] == ["LP1", "1,234.50元"]
    assert headers["Authorization"].startswith(("ACS3-HMAC-SHA256", "TC3-HMAC-SHA256"))


@pytest.mark.parametrize(
    ("name", "answer", "wanted"),
    [
        ("alibaba", (200, FAILS["alibaba"]("isv.MOBILE_NUMBER_ILLEGAL")), sms.Refused("isv.MOBILE_NUMBER_ILLEGAL", True)),
        ("alibaba", (400, FAILS["alibaba"]("Throttling.User")), sms.Refused("Throttling.User", False)),
        ("tencent", (200, FAILS["tencent"]("FailedOperation.SignatureIncorrectOrUnapproved")), True),
        ("tencent", (200, FAILS["tencent"]("RequestLimitExceeded")), sms.Refused("RequestLimitExceeded", False)),
        ("alibaba", (503, {}), sms.Refused("answered 503", False)),
        ("alibaba", (500, {}), sms.Lost("answered 500")),
        ("tencent", (200, b"<html>"), sms.Lost("unreadable answer")),
        ("tencent", (200, []), sms.Lost("UNREADABLE")),
        ("alibaba", None, "lost"),
    ],
)  # fmt: skip
def test_says_what_is_for_good_for_now_and_what_nobody_knows(name, answer, wanted, tables):
    with provider(lambda path, body: answer) as (port, _):
        (got,) = gateway(name, port, tables).submit([text()])
    if wanted == "lost":
        assert isinstance(got, sms.Lost)
    elif wanted is True:
        assert got.is_final
    else:
        assert got == wanted


def test_what_has_no_template_over_there_is_not_asked(tables):
    with provider(lambda path, body: (200, {})) as (port, asked):
        (answer,) = gateway("alibaba", port, tables).submit([text("claims.reported")])
    assert answer.is_final
    assert asked == []


def test_where_nobody_listens_it_cannot_have_arrived(tables):
    with provider(lambda path, body: None) as (port, _):
        pass
    (answer,) = gateway("alibaba", port, tables).submit([text()])
    assert isinstance(answer, sms.Refused)
    assert not answer.is_final


def test_reads_what_they_post():
    receipts, replies = cloud_sms.read_posted(
        "alibaba",
        [
            {"biz_id": "9^0", "success": True, "err_code": "DELIVERED", "out_id": "abc"},
            {"phone_number": "13900000123", "content": "TD", "sequence_id": 7},
        ],
    )
    assert (receipts[0].reference, receipts[0].arrived) == ("9^0", True)
    assert (replies[0].number, replies[0].text) == ("+8613900000123", "TD")
    receipts, replies = cloud_sms.read_posted(
        "tencent",
        [
            {"mobile": "13900000123", "nationcode": "86", "report_status": "FAIL", "errmsg": "UNDELIV", "sid": "5"},
            {"mobile": "13900000123", "nationcode": "86", "text": "谢谢", "time": 1763800000},
        ],
    )  # fmt: skip
    assert (receipts[0].arrived, receipts[0].code) == (False, "UNDELIV")
    assert replies[0].text == "谢谢"


@pytest.mark.parametrize("content", [{}, [1], [{}], [{"biz_id": "1"}], None, [{"mobile": "1"}] * 2])
@pytest.mark.parametrize("name", ["alibaba", "tencent", "pigeon"])
def test_refuses_what_is_no_report(name, content):
    with pytest.raises(ValueError, match="report"):
        cloud_sms.read_posted(name, content)
