from django.apps import AppConfig


class Obligations(AppConfig):
    name = "yilu.obligations"
    label = "obligations"

    def ready(self) -> None:
        """Follow the journal, react to calendar edits, and have the worker look at the clocks."""
        from . import jobs, operations, reactions  # noqa: F401
