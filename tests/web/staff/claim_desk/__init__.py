"""The claim desk and what lies around it: the desk, the report taken by a colleague, customers, one's own work."""
