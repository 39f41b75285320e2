"""A plan of the scene: in signs that are everywhere the same, kept as a file of the claim, readable without seeing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.care.test_visits import SOON, Bedside
from tests.web.signing import signed_in
from yilu.care import operations as care
from yilu.care.models import Sketch
from yilu.care.operations.forgetting import forget
from yilu.care.rules import sketches as rules
from yilu.documents.models import Upload
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed

WORDS = "甲车由西向东，乙车左转，接触点在路口中央。"
ROWS = [("CAR", "40", "35", "90", "甲车"), ("", "", "", "0", ""), ("EBIKE", "52", "30", "-45", "")]


class TestSigns:
    @given(st.sampled_from(list(rules.SIGNS)), st.integers(0, 100), st.integers(0, 70), st.integers(-720, 720))  # fmt: skip
    def test_lie_where_they_were_put_and_are_only_turned(self, sign, x, y, turn):
        [item] = rules.read_items([(sign, str(x), str(y), str(turn), "")])
        assert (item.x, item.y, item.turn) == (x, y, turn % 360)
        for said, drawn in zip(rules.SIGNS[sign].lines, item.drawn(), strict=True):
            for (px, py), (qx, qy) in zip(said, drawn, strict=True):
                assert px**2 + py**2 == pytest.approx((qx - x) ** 2 + (qy - y) ** 2)
        assert rules.Item(*item.as_json()) == item

    @pytest.mark.parametrize(
        ("row", "at"),
        [
            (("SPACESHIP", "1", "1", "0", ""), 1), (("CAR", "101", "1", "0", ""), 1),
            (("CAR", "1", "71", "0", ""), 1), (("CAR", "", "1", "0", ""), 1),
            (("CAR", "nan", "1", "0", ""), 1), (("CAR", "inf", "1", "0", ""), 1),
            (("CAR", "1", "1", "0", "十三个字的注记实在是太长了呀"), 1), (("", "1", "1", "0", ""), 0),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_named(self, row, at):
        with pytest.raises(rules.BadItem) as wrong:
            rules.read_items([row])
        assert wrong.value.at == at

    def test_look_the_way_they_were_turned(self):
        looks = [rules.Item("CAR", 0, 0, turn).looks for turn in (0, 90, 180, 315, 350)]
        assert looks == ["上", "右", "下", "左上", "上"]


@pytest.mark.django_db
class TestKeeping:
    @pytest.fixture
    def bed(self):
        return Bedside()

    @pytest.fixture
    def there(self, bed):
        visit_id = bed.ask("SURVEY", place="")
        bed.plan(visit_id)
        bed.act(care.set_out, visit_id, eta_at=SOON)
        with pytest.raises(care.NotNow):
            bed.act(care.keep_sketch, visit_id, rows=ROWS, words=WORDS)
        bed.act(care.arrive, visit_id)
        return visit_id

    def test_is_a_file_of_the_claim_with_its_hash_and_is_read_in_words(self, bed, there):
        desk, page = signed_in(bed.actor), f"/staff/visits/{there}"
        given = {name: [row[n] for row in ROWS] for n, name in enumerate(("sign", "x", "y", "turn", "note"))}  # fmt: skip
        bad = desk.post(f"{page}/sketch", {**given, "words": ""})
        assert bad.status_code == 422
        assert 'value="甲车"' in bad.text, "nothing typed is lost"
        assert not Sketch.objects.exists()
        assert desk.post(f"{page}/sketch", {**given, "words": WORDS}).status_code == 302
        sketch = Sketch.objects.get()
        upload = Upload.objects.get(pk=sketch.upload_id)
        assert (upload.subject, upload.media_type) == (f"claim:{bed.claim_id}", "image/png")
        assert sketch.sha256 == upload.sha256
        text = " ".join(desk.get(page).text.split())
        assert WORDS in text
        assert "左起 40，上起 35，朝右" in text
        assert Event.objects.filter(kind="care.scene_drawn").count() == 1

    def test_the_same_plan_makes_the_same_picture(self, bed, there):
        for _ in range(2):
            bed.act(care.keep_sketch, there, rows=ROWS, words=WORDS)
        assert len(set(Sketch.objects.values_list("upload_id", "sha256"))) == 1

    def test_only_whoever_went_draws_and_what_was_said_goes_with_the_person(self, bed, there):
        access, actor = make.colleague(bed.office, "CONSULTANT")
        with pytest.raises(NotAllowed):
            care.keep_sketch(
                visit_id=there, rows=ROWS, words=WORDS, access=access, actor=actor, at=SOON
            )
        bed.act(care.keep_sketch, there, rows=ROWS, words=WORDS)
        tx.use_case(forget)([bed.lin])
        assert Sketch.objects.values_list("items", "words").get() == ([], "")
