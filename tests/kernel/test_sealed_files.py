import os
import stat

import pytest

from yilu.kernel.sealed_files import Drawer, FileMissing

DRAWER = Drawer("things", place="things.file")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES = tmp_path / "files"
    return settings.FILES / "things"


def test_what_is_kept_is_given_back_and_lies_sealed(files):
    DRAWER.put(b"a private paper", "ab/paper")
    assert DRAWER.get("ab/paper") == b"a private paper"
    assert b"private" not in (files / "ab/paper").read_bytes()


def test_a_file_is_kept_by_its_digest_or_for_its_row(files):
    digest = "ab" * 32
    assert DRAWER.keep(b"x", digest) == DRAWER.keep(b"x", digest) == f"ab/{digest}"
    of_row = DRAWER.keep_of(258, b"x", digest, part="/000001")
    assert of_row == "02/258/000001-abababababababab"
    assert (DRAWER.find(of_row), DRAWER.find("02/259")) == (b"x", None)


def test_only_the_service_may_read_it(files):
    DRAWER.put(b"x", "ab/paper")
    assert stat.S_IMODE((files / "ab/paper").stat().st_mode) == 0o600
    assert stat.S_IMODE((files / "ab").stat().st_mode) == 0o700


def test_the_later_content_takes_the_place_and_nothing_is_left_beside_it(files):
    DRAWER.put(b"first", "ab/paper")
    DRAWER.put(b"second", "ab/paper")
    assert DRAWER.get("ab/paper") == b"second"
    assert [path.name for path in (files / "ab").iterdir()] == ["paper"]


def test_a_failure_on_the_way_keeps_the_earlier_content(files, monkeypatch):
    DRAWER.put(b"first", "ab/paper")

    def disk_full(descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", disk_full)
        with pytest.raises(OSError, match="No space"):
            DRAWER.put(b"second", "ab/paper")
    assert DRAWER.get("ab/paper") == b"first"
    assert [path.name for path in (files / "ab").iterdir()] == ["paper"]


@pytest.mark.parametrize(
    "lost", [lambda path: path.unlink(), lambda path: path.write_bytes(b"?" * 40)]
)
def test_a_lost_or_altered_file_is_said_clearly(files, lost):
    DRAWER.put(b"x", "ab/paper")
    assert DRAWER.has("ab/paper")
    lost(files / "ab/paper")
    with pytest.raises(FileMissing, match="ab/paper"):
        DRAWER.get("ab/paper")


def test_a_file_from_another_drawer_does_not_open(files):
    DRAWER.put(b"x", "paper")
    with pytest.raises(FileMissing):
        Drawer("things", place="others.file").get("paper")
