from django.apps import AppConfig


class Servicing(AppConfig):
    name = "yilu.servicing"
    label = "servicing"

    def ready(self) -> None:
        from . import events, jobs, reactions  # noqa: F401
