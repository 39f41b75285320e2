"""What an agent sees of contacts: that a customer of theirs turned to us, never what was said."""

from __future__ import annotations

from yilu.contact.models import Conversation
from yilu.people.queries import AgentAccess

from .conversations import ConversationView, view_of


def contacts_of_agent(agent: AgentAccess, limit: int = 20) -> list[ConversationView]:
    """The latest contacts of one's own customers; whoever leads, of the team's. No complaints."""
    rows = (
        Conversation.objects.filter(party__agent_id__in=agent.agent_ids)
        .exclude(reason__in=["COMPLAINT", "FOLLOW_UP"])
        .order_by("-opened_at")[:limit]
    )
    return [view_of(row) for row in rows]
