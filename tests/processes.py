"""
Processes of their own for tests that kill them.

Loading the house takes two seconds: one process that has loaded it (``multiprocessing``'s fork
server) makes the others, each as real, and as mortal, as any.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any
from urllib.parse import quote

import django
from django.apps import apps

if not apps.ready:
    os.environ["DJANGO_SETTINGS_MODULE"] = "yilu.site.settings"
    django.setup()

from django.conf import settings
from django.db import connection

_ready = multiprocessing.get_context("forkserver")
_ready.set_forkserver_preload([__name__])


def start(work: Callable[..., None], *arguments: object, **told: object) -> BaseProcess:
    """
    Do ``work(*arguments)`` in a new process, over the test's database, with the settings ``told``.

    ``work`` is named by its module, which the new process imports.
    """
    process = _ready.Process(target=_begin, args=(url(), told, work, arguments))
    process.start()
    return process


def url() -> str:
    """The test database, for whoever connects to it from outside."""
    db: Any = connection.settings_dict
    return f"postgresql://{quote(db['USER'])}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"


def _begin(
    url: str, told: dict[str, object], work: Callable[..., None], arguments: tuple[object, ...]
) -> None:
    os.environ["DATABASE_URL"] = url  # for the processes that this one starts
    connection.settings_dict["NAME"] = url.rpartition("/")[2]
    for name, value in told.items():
        setattr(settings, name, value)
    work(*arguments)
