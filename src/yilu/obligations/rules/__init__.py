"""Pure rules of obligations: reckoning with limits, reading definitions, a clock's life."""
