"""Pure rules of underwriting, one file a subject."""
