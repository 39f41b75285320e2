from django.apps import AppConfig


class Servicing(AppConfig):
    name = "yilu.servicing"
    label = "servicing"

    def ready(self) -> None:
        from . import events, reactions  # noqa: F401
