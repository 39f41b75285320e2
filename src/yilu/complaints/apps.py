from django.apps import AppConfig


class Complaints(AppConfig):
    name = "yilu.complaints"
    label = "complaints"

    def ready(self) -> None:
        from . import events, reactions  # noqa: F401
