"""Pure decisions of journeys: reading definitions, following a case, checking before launch."""
