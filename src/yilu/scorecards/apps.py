from django.apps import AppConfig


class Scorecards(AppConfig):
    name = "yilu.scorecards"
    label = "scorecards"

    def ready(self) -> None:
        from . import jobs  # noqa: F401
