"""What payments answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.payments.queries.keeping import what_keeps
from yilu.people import queries as people

people.keeps(what_keeps)
