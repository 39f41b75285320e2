"""What a process remembers follows the editions."""

import pytest

from yilu.kernel import recall


@pytest.fixture
def editions(monkeypatch):
    known = {"things": "1"}
    asked = []

    def read():
        asked.append(1)
        return dict(known)

    monkeypatch.setattr(recall, "read_editions", read)
    recall.forget_all()
    known["asked"] = asked
    yield known
    recall.forget_all()


def remembered(name="things"):
    loads = []
    recalled = recall.Recall(name, lambda key: loads.append(key) or f"{key}{len(loads)}")
    return recalled, loads


def test_a_value_is_loaded_once_while_its_edition_stands(editions):
    recalled, loads = remembered()
    assert recalled("a") == recalled("a") == "a1"
    assert loads == ["a"]


def test_editions_are_asked_for_at_most_every_few_seconds(editions):
    recalled, _ = remembered()
    for _n in range(5):
        recalled("a")
    assert len(editions["asked"]) == 1


def test_another_edition_makes_it_forget_once_it_looks(editions, monkeypatch):
    recalled, _ = remembered()
    recalled("a")
    editions["things"] = "2"
    assert recalled("a") == "a1"

    monkeypatch.setattr(recall, "CHECK_SECONDS", 0)
    assert recalled("a") == "a2"


def test_another_set_s_edition_leaves_it_alone(editions, monkeypatch):
    monkeypatch.setattr(recall, "CHECK_SECONDS", 0)
    recalled, loads = remembered()
    recalled("a")
    editions["others"] = "7"
    recalled("a")
    assert loads == ["a"]


def test_an_edit_in_this_process_is_seen_at_once(editions):
    recalled, _ = remembered()
    recalled("a")
    editions["things"] = "2"
    recall.forget("things")
    assert recalled("a") == "a2"


def test_a_load_that_fails_is_tried_again(editions):
    tries = []

    def load(key):
        tries.append(key)
        if len(tries) == 1:
            raise LookupError(key)
        return key

    recalled = recall.Recall("things", load)
    with pytest.raises(LookupError):
        recalled("a")
    assert recalled("a") == "a"
