from django.apps import AppConfig


class Standards(AppConfig):
    name = "yilu.standards"
    label = "standards"

    def ready(self) -> None:
        """Let every process notice edits of what it remembers."""
        from yilu.kernel import recall

        from . import queries

        recall.read_editions = queries.editions
