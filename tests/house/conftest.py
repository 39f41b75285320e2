"""A world with something behind every address, made once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import transaction

from tests import make
from tests.house.world import World, make_world
from yilu.kernel import recall


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """One world for a whole file: the tests only look, and what they do change is rolled back."""
    with django_db_blocker.unblock(), time_machine.travel(make.NOON, tick=False), thrown_away():
        world = make_world()
        world.come_in()
        world.remembered = recall.kept()
        yield world


@pytest.fixture
def world(made, db) -> Iterator[World]:
    with time_machine.travel(make.NOON, tick=False):
        made.start_again()
        yield made


@contextmanager
def thrown_away():
    """As in Django's TestCase: what is durable may happen inside, and is rolled back."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
