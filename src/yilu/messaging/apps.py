from django.apps import AppConfig


class Messaging(AppConfig):
    name = "yilu.messaging"
    label = "messaging"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
