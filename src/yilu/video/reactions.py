"""What video answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.people import queries as people
from yilu.video.queries.keeping import what_keeps

people.keeps(what_keeps)
