"""Tests, one folder a room."""

from tests.data import data_folder, find_data

__all__ = ["data_folder", "find_data"]
