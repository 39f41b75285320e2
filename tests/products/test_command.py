"""``yilu products`` checks without changing anything, and publishes once."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from yilu.products.models import ProductVersion
from yilu.products.operations import CATALOGUE

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CATALOGUE / "term-life", tmp_path / "term-life")
    return tmp_path


def run(*args):
    said = StringIO()
    call_command("products", *args, stdout=said)
    return said.getvalue()


def test_check_publishes_nothing(folder):
    assert "条款没有问题。" in run("check", str(folder))
    assert not ProductVersion.objects.exists()


def test_check_names_what_is_wrong(folder):
    path = folder / "term-life" / "terms.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("waiting_days = 90", "waiting_days = 181"), encoding="utf-8")

    for action in ("check", "publish"):
        with pytest.raises(CommandError, match="等待期不得超过 180 日"):
            run(action, str(folder))
    assert not ProductVersion.objects.exists()


def test_publish_publishes_once(folder):
    assert "已发布 term-life 2015-2" in run("publish", str(folder))
    assert "其余 1 份此前已发布。" in run("publish", str(folder))
    assert ProductVersion.objects.count() == 1


def test_publish_refuses_a_changed_wording(folder):
    run("publish", str(folder))
    path = folder / "term-life" / "terms.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("waiting_days = 90", "waiting_days = 30"), encoding="utf-8")

    with pytest.raises(CommandError, match="请改用新的版本号"):
        run("publish", str(folder))
