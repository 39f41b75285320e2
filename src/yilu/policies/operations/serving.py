"""Who serves a policy."""

from __future__ import annotations

from yilu.kernel import tx
from yilu.policies.operations.guards import LIVE


@tx.step
def serve_by(*, holder_id: int, former_id: int, agent_id: int) -> int:
    """Give the living policies of a holder from one agent to another; how many. The caller says so."""
    return tx.changed(
        """
        update policies_policy set agent_id = %s::bigint
         where holder_id = %s::bigint and agent_id = %s::bigint and state = any(%s::text[])
        """,
        [agent_id, holder_id, former_id, list(LIVE)],
    )
