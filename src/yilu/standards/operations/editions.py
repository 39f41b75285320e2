"""Editions: how every process learns that something was edited."""

from __future__ import annotations

import secrets

from yilu.kernel import recall, tx


@tx.step
def touch(name: str) -> None:
    """
    Say that a set of remembered rows changed: this process forgets it now, others within seconds.

    Rooms above keep their own sets under names of their own (``obligations.definitions``).
    """
    tx.changed(
        """
        insert into standards_edition (name, token) values (%s, %s)
            on conflict (name) do update set token = excluded.token
        """,
        [name, secrets.token_hex(8)],
    )
    recall.forget(name)
    tx.after_commit(lambda: recall.forget(name))
