"""Who serves a policy."""

from __future__ import annotations

from yilu.kernel import tx
from yilu.policies.operations.guards import LIVE


@tx.step
def serve_by(*, holder_id: int, agent_id: int | None, former_id: int | None = None) -> int:
    """
    Give the living policies of a holder to an agent (None: the office); how many. The caller says so.

    ``former_id``: only those of that agent; None: all of them.
    """
    return tx.changed(
        """
        update policies_policy set agent_id = %s::bigint
         where holder_id = %s::bigint and agent_id is distinct from %s::bigint
           and (%s::bigint is null or agent_id = %s::bigint) and state = any(%s::text[])
        """,
        [agent_id, holder_id, agent_id, former_id, former_id, list(LIVE)],
    )
