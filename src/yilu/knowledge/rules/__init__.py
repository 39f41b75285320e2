"""Words, ranking and confidence: no database, no clock."""
