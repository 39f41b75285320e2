"""Reads of the contact centre."""
