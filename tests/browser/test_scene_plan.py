"""The plan of a scene (A67): signs put on the board by hand, kept, and seen again."""

import pytest

from tests.care.test_visits import SOON, Bedside
from yilu.care import operations as care
from yilu.care.models import Sketch


@pytest.fixture
def bed(transactional_db):
    return Bedside()


def test_what_is_drawn_by_hand_is_kept_and_seen_again(open_tab, bed):
    visit_id = bed.ask("SURVEY", place="")
    bed.plan(visit_id)
    bed.act(care.set_out, visit_id, eta_at=SOON)
    bed.act(care.arrive, visit_id)
    tab = open_tab(bed.actor)
    tab.goto(f"/staff/visits/{visit_id}/sketch")
    board = tab.locator(".y-board")

    def at(x, y):
        """Where a point of the drawing, 100 by 70, lies on the screen."""
        board.evaluate("board => board.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box = board.bounding_box()
        return box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 70

    tab.click("[data-sign=CAR]")
    tab.mouse.click(*at(30, 20))
    tab.mouse.move(*at(30, 20))
    tab.mouse.down()
    tab.mouse.move(*at(50, 45), steps=3)
    tab.mouse.up()
    tab.click("[data-turn='15']")
    tab.fill("[data-note]", "甲车")
    for _put_and_taken_away in range(2):
        tab.click("[data-sign=EBIKE]")
        tab.mouse.click(*at(80, 10))
    tab.click("[data-remove]")
    tab.fill("[name=words]", "甲车由西向东，与电动自行车在路口中央相撞。")
    tab.click("text=存入赔案资料")
    tab.wait_for_url(f"**/staff/visits/{visit_id}")

    car, bike = Sketch.objects.get().items
    assert (car[0], car[3:], bike[0]) == ("CAR", [15, "甲车"], "EBIKE")
    assert car[1:3] == pytest.approx(
        [50, 45], abs=1
    )  # where it was dragged to, not where it was put
    assert bike[1:3] == pytest.approx([80, 10], abs=1)
    seen = tab.locator("img.y-sketch-kept")
    seen.scroll_into_view_if_needed()
    tab.wait_for_function("document.querySelector('img.y-sketch-kept').naturalWidth > 300")
    assert "与电动自行车" in seen.get_attribute("alt")
