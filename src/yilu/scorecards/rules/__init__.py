"""Pure decisions: what a definition says, what an event counts for."""
