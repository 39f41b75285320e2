"""How well the machine reads: a table and a chart, empty until somebody handed something in."""

URL = "/staff/accuracy"


def test_only_those_who_see_claims_come_in(desk, kept_out, chen):
    for url in (URL, f"{URL}/chart"):
        kept_out(url)
        assert desk.operator.client.get(url).status_code == 403
        assert chen.get(url).status_code == 200


def test_it_says_when_there_is_nothing_yet(chen):
    assert "还没有识别记录" in chen.get(URL).content.decode()
    assert chen.get(f"{URL}?kind=NONSENSE").status_code == 200
    assert chen.get(f"{URL}/chart").json()["names"] == []


def test_fields_are_counted_by_what_people_changed(chen, monkeypatch):
    from yilu.documents import queries

    rows = (
        queries.AccuracyRow("INVOICE", "total", "合计金额", "ofd", 10, 6, 3, 1, 0, 75.0),
        queries.AccuracyRow("INVOICE", "number", "票据号码", "ofd", 10, 10, 0, 0, 0, None),
    )
    monkeypatch.setattr(queries, "recognition_accuracy", lambda kind="": rows)

    page = chen.get(URL).content.decode()
    assert "80.0%" in page
    assert "75.0%" in page
    assert chen.get(f"{URL}/chart").json()["series"][0]["data"] == [75.0]
