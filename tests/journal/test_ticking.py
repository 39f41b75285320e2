"""What is due again and again is gone through once, whatever becomes of each."""

from yilu.journal.operations import Page, through


def test_a_page_on_which_nothing_could_be_done_hides_none_behind_it():
    stuck, asked = {1, 2, 3, 4}, []

    def page(after: int) -> Page:
        rows = [each for each in range(1, 8) if each > after][:2]
        asked.append(after)
        return Page(sum(each not in stuck for each in rows), rows[-1] if rows else 0)

    assert through(page) == 3
    assert asked == [0, 2, 4, 6, 7]


def test_nothing_due_is_asked_for_once():
    assert through(lambda after: Page(0, 0)) == 0
