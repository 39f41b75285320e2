"""docs/operating.md: what it names exists and does what it says."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from yilu.obligations.models import DefinitionVersion
from yilu.people import queries
from yilu.people.models import Staff
from yilu.products.models import ProductVersion
from yilu.standards.models import ChecklistVersion, TableVersion
from yilu.web.console.management.commands import first_operator
from yilu.work.models import Queue

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ("docs/operating.md", "README.md", "README.zh-CN.md", "src/yilu/web/console/README.md")
COMMAND = re.compile(r"\byilu ([a-z_-]+)((?: --[a-z-]+(?: [A-Z]+)?)*)")
OURS = {"demo", "push", "simulate"}
"""Not management commands: the ``yilu`` command itself runs them."""


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def counts() -> tuple[int, ...]:
    return tuple(
        m.objects.count() for m in (TableVersion, ChecklistVersion, DefinitionVersion, Queue)
    )


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_a_guide_exists_with_its_options(guide):
    known = get_commands()
    named = COMMAND.findall((ROOT / guide).read_text())
    for spoken, options in named:
        name = spoken.replace("-", "_")
        if name in OURS:
            continue
        assert name in known, f"{guide}: yilu {name}"
        parser = load_command_class(known[name], name).create_parser("yilu", name)
        for option in re.findall(r"--[a-z-]+", options):
            assert option in parser._option_string_actions, f"{guide}: yilu {name} {option}"


def test_every_variable_of_the_guide_is_read_somewhere():
    text = (ROOT / "docs/operating.md").read_text()
    code = "\n".join(
        p.read_text() for p in (ROOT / "src").rglob("*.py") if "migrations" not in p.parts
    )
    named = set(re.findall(r"`((?:YILU|DATABASE)_[A-Z_]+)`", text))
    assert len(named) > 10
    assert {name for name in named if f'"{name}"' not in code} == set()


@pytest.mark.django_db
class TestLoadCatalogues:
    def test_brings_in_what_ships_and_a_second_time_nothing(self):
        run("load_catalogues")
        loaded = counts()
        assert all(loaded)
        assert not ProductVersion.objects.exists()
        assert "新载入 0 项" in run("load_catalogues")
        assert counts() == loaded

    def test_publishes_the_example_products_where_asked(self):
        run("load_catalogues", "--with-products")
        published = ProductVersion.objects.count()
        assert published >= 10
        assert "新发布产品条款 0 份" in run("load_catalogues", "--with-products")
        assert ProductVersion.objects.count() == published


@pytest.mark.django_db
class TestFirstOperator:
    TOLD = ("--office", "示范人寿", "--username", "zhang.san", "--name", "张三")

    def answer(self, monkeypatch, *passwords):
        given = iter(passwords)
        monkeypatch.setattr(first_operator, "getpass", lambda _: next(given))

    def test_opens_the_house_once(self, monkeypatch):
        self.answer(monkeypatch, "a long pass phrase", "a long pass phrase")
        said = run("first_operator", *self.TOLD)
        assert "otpauth://" in said
        staff = Staff.objects.get()
        assert queries.staff_access(staff.pk).may("people.staff", office_id=staff.office_id)
        with pytest.raises(CommandError):
            run("first_operator", *self.TOLD)
        assert Staff.objects.count() == 1

    def test_wants_the_same_password_twice_and_a_good_one(self, monkeypatch):
        for passwords in (("one", "two"), ("short", "short")):
            self.answer(monkeypatch, *passwords)
            with pytest.raises(CommandError):
                run("first_operator", *self.TOLD)
        assert not Staff.objects.exists()
