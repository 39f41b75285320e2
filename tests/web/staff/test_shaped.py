"""A form of more rows than a server takes fields: drawn some at a time, none of them lost."""

from django.test import RequestFactory

from yilu.quality.rules import wording
from yilu.quality.rules.shapes import BadText
from yilu.web.staff import shaped

SHAPE = wording.SHAPE
ROWS = [
    {"code": f"rule_{n}", "say": [f"不能说的第{n}句", f"另一句{n}"], "better": f"换成{n}"} for n in range(130)
]  # fmt: skip
TEXT = SHAPE.write(
    {
        "forbidden": ROWS,
        "required": [{"code": "hello", "label": "问候", "where": "first", "any": ["您好"]}],
        "complaint": {"words": ["太慢", "骗人"], "strong": ["投诉"], "least": 2},
    }
)


def fields(page):
    """What a browser sends of a form as it is drawn."""
    sent = {cell.name: cell.value for cell in page.cells}
    for box in page.boxes:
        if not box.group.single:
            sent[box.name] = str(box.following)
        if box.rest:
            sent |= {f"{box.name}.rest": box.rest, f"{box.name}.from": str(box.start)}
        for row in box.rows:
            sent |= fields(row)
    return sent


def posted(sent, save=None, **more):
    request = RequestFactory().post("/", {**sent, **more})
    return shaped.write(request, SHAPE, text="", save=save)


def forbidden(page):
    return next(box for box in page.boxes if box.name == "forbidden")


def test_many_rows_travel_packed_and_every_one_is_saved():
    page = shaped.draw(SHAPE, SHAPE.parse(TEXT))
    sent = fields(page)
    assert len(sent) < 200
    assert len(forbidden(page).rows) == shaped.ROWS_AT_ONCE
    assert [(first, last) for _value, first, last, _now in forbidden(page).pages][-1] == (121, 130)
    sent["forbidden.3.better"] = "改过的"
    page = posted(sent, do="page:forbidden.120").form
    assert [row.number for row in forbidden(page).rows] == list(range(121, 131))
    sent = fields(page)
    sent["forbidden.125.say"] = "改过的第二处"
    page = posted(sent, do="add:forbidden").form
    assert forbidden(page).following == 131
    assert forbidden(page).rows[-1].open
    page = posted(fields(page), do="drop:forbidden.130").form
    page = posted(fields(page), do="up:forbidden.120").form
    assert forbidden(page).start == 100
    saved = []
    assert posted(fields(page), saved.append) is None
    told = SHAPE.read(saved[0])["forbidden"]
    assert len(told) == 130
    assert told[3]["better"] == "改过的"
    assert told[125]["say"] == ("改过的第二处",)
    assert [told[119]["code"], told[120]["code"]] == ["rule_120", "rule_119"]


def test_a_mistake_in_a_row_not_drawn_is_shown_with_its_row():
    sent = fields(shaped.draw(SHAPE, SHAPE.parse(TEXT.replace("换成77", "x" * 2000))))
    writing = posted(sent, SHAPE.read)
    assert isinstance(writing.refusal, BadText)
    assert [row.number for row in forbidden(writing.form).rows if row.open] == [78]


def test_rows_made_up_by_somebody_break_nothing():
    base = fields(shaped.draw(SHAPE, SHAPE.parse(TEXT)))
    for rest in ("", "{", "[1]", '{"50": 7, "x": {}, "-1": {}}', '{"50": {"say": [1, null], "better": {"a": 1}, "z": 1}}',
                 '{"50": {"better": "\\ud800"}}', "[" * 5000):  # fmt: skip
        page = posted({**base, "forbidden.rest": rest}, SHAPE.read).form
        assert forbidden(page).following == 130
