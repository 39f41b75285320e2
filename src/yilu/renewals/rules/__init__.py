"""Pure decisions of renewals: days, doubts, calendars."""
