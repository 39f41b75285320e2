from django.apps import AppConfig


class Voice(AppConfig):
    name = "yilu.voice"
    label = "voice"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
