"""Pure decisions and sums of claims: no database, no clock, no settings."""
