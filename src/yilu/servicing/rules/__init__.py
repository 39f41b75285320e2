"""Pure rules of servicing."""
