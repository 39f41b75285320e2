"""What retention answers when a lower room asks, and does when it says that something happened."""

from __future__ import annotations

from yilu.people import queries as people
from yilu.retention.queries.keeping import of_person

people.keeps(of_person)
