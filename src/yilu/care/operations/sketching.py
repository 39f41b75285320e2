"""A plan of the scene by whoever was there, kept with the claim's files (现场草图, A67)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from yilu.care import drawing, events
from yilu.care.models import Sketch
from yilu.care.rules import sketches as rules
from yilu.claims import queries as claims
from yilu.documents import operations as documents
from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.kernel.errors import NotAllowed, Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

from .opinions import ON_THE_SPOT
from .refusals import BadSketch, NotNow
from .visits import going, say

FILENAME, MADE_BY_US = "现场草图.png", "本图示意，不按比例；图标为统一图标。"


@tx.use_case
def keep_sketch(
    *, visit_id: int, rows: Sequence[Sequence[str]], words: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Keep a plan of the scene and its picture, a file of the claim; its id. Drawn again it is a further one: none is lost.

    ``rows`` as ``rules.sketches.read_items``; ``words`` say what it shows to who cannot see it.

    :raises VisitNotFound, NotAllowed: not theirs, or somebody else went. :raises NotNow: no survey, or
        nobody was there yet. :raises BadSketch: saying what of it cannot be.
    """
    visit = going(visit_id, access)
    if visit.staff_id != access.staff_id:
        raise NotAllowed(_("现场草图由到现场的同事绘制"))
    if visit.state not in ON_THE_SPOT or visit.kind != "SURVEY" or visit.claim_id is None:
        raise NotNow
    words = " ".join(words.split())
    if not 4 <= len(words) <= rules.WORDS_MAX:
        raise BadSketch(_("请用文字说明图上的情况，4至500字"))
    try:
        items = rules.read_items(rows)
    except rules.BadItem as wrong:
        raise BadSketch(Sentence(wrong.said, n=wrong.at)) from None
    claim = claims.progress(visit.claim_id, at).card
    whose = people.names_of([actor]).get(actor, "")
    drawn_at = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    made = drawing.picture(
        items, [f"现场草图 {claim.number}  {drawn_at}  绘制：{whose}", MADE_BY_US]
    )
    upload_id = documents.take_in(
        about=Ref("claim", visit.claim_id), party_id=visit.party_id, kind="OTHER",
        filename=FILENAME, content=made, actor=actor, at=at,
    )  # fmt: skip
    sketch = Sketch.objects.create(
        visit=visit, items=[item.as_json() for item in items], words=words, upload_id=upload_id,
        sha256=hashlib.sha256(made).hexdigest(), drawn_by=str(actor), drawn_at=at,
    )  # fmt: skip
    fact = events.SceneDrawn(claim_id=visit.claim_id, upload_id=upload_id, signs=len(items))
    say(visit, fact, actor, at)
    return sketch.pk
