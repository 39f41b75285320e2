"""Pure rules of direct billing."""
