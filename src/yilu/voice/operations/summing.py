"""Ratings and comments as sums of a day and a month: a step for reactions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.voice.rules.labels import NOT_OURS
from yilu.voice.rules.scores import CONTENT_FROM, group


@tx.step
def add_up(facts: Mapping[str, Any], *, comment: bool, at: datetime) -> None:
    """Add one rating, or one comment, to its office's sums; what was not said to our own doors counts for nothing."""
    if facts["source"] in NOT_OURS:
        return
    recommend, stars = facts.get("recommend"), facts.get("stars")
    voted = "" if recommend is None else group(recommend)
    tx.changed(
        """
        insert into voice_daysum as s (span, day, office_id, journey, third_party, promoters,
               passives, detractors, content, rated, comments)
        select w.span, w.day, %(office)s::bigint, %(journey)s, %(third)s::bool, %(promoter)s::int,
               %(passive)s::int, %(detractor)s::int, %(content)s::int, %(rated)s::int, %(comment)s::int
          from (values ('D', %(day)s::date), ('M', date_trunc('month', %(day)s::date)::date))
               as w(span, day)
         order by w.span
            on conflict (span, day, office_id, journey, third_party)
               do update set promoters = s.promoters + excluded.promoters,
               passives = s.passives + excluded.passives,
               detractors = s.detractors + excluded.detractors,
               content = s.content + excluded.content, rated = s.rated + excluded.rated,
               comments = s.comments + excluded.comments
        """,
        {
            "day": day_of(at), "office": facts["office_id"], "journey": facts["journey"],
            "third": facts["third_party"], "promoter": voted == "PROMOTER",
            "passive": voted == "PASSIVE", "detractor": voted == "DETRACTOR",
            "content": stars is not None and stars >= CONTENT_FROM, "rated": stars is not None,
            "comment": comment,
        },
    )  # fmt: skip
