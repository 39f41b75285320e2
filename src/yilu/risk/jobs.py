"""Training and searching for groups: what takes long."""

from __future__ import annotations

from datetime import UTC, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx

from . import operations, queries

NIGHT_SECONDS = 6 * 3600
LINKS_MAX = 5_000_000


@journal.job()
def train(model_id: int) -> None:
    """Train a model that somebody asked for; run twice, the second does nothing."""
    train_now(model_id)


def train_now(model_id: int) -> None:
    """Train on what people established so far, and keep the model or say why there is none."""
    from . import learning

    labelled = queries.labelled_claims()
    confirmed = sum(each.holds for each in labelled)
    if len(labelled) < 40 or min(confirmed, len(labelled) - confirmed) < 10:
        problem = (
            f"已核实的赔案太少：共 {len(labelled)} 件，其中属实 {confirmed} 件；两类各至少 10 件"
        )
        operations.give_up_training(model_id=model_id, problem=problem, at=_now())
        return
    examples = [learning.Example(e.features, e.holds, str(e.party_id)) for e in labelled]
    kept, card = learning.train(examples)
    operations.keep_trained(model_id=model_id, kept=kept, card=card, at=_now())


@journal.each_tick(seconds=NIGHT_SECONDS, name="risk.groups")
def find_groups(at: datetime) -> int:
    """Search all links for groups; the tick has no second helping."""
    search_groups(at)
    return 0


def search_groups(at: datetime) -> int:
    """Find groups among the persons of the last two years and keep them; how many."""
    from . import groups

    # An insured's own number is no link between persons.
    rows = tx.rows(
        """
        select party_id, kind, key, subject from risk_trace
         where kind <> 'INSURED' and subject like 'claim:%%'
           and happened_at > %s::timestamptz - interval '730 days'
         order by id limit %s::int
        """,
        [at, LINKS_MAX],
    )
    if not rows:
        return 0
    persons, _ = groups.numbered([r[0] for r in rows])
    traits, _ = groups.numbered([(r[1], r[2]) for r in rows])
    claims, _ = groups.numbered([r[3] for r in rows])
    subjects = list(dict.fromkeys(r[3] for r in rows))
    found = [
        operations.GroupFound(
            tuple(subjects[c] for c in g.claims),
            g.persons,
            g.shared,
            g.density,
            g.by_chance,
            g.rarer,
        )
        for g in groups.find(persons, traits, claims)
    ]
    return operations.keep_groups(found=found, at=at)


def _now() -> datetime:
    return datetime.now(UTC)
