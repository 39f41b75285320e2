from django.apps import AppConfig


class Journeys(AppConfig):
    name = "yilu.journeys"
    label = "journeys"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
