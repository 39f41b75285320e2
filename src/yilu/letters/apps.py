from django.apps import AppConfig


class Letters(AppConfig):
    name = "yilu.letters"
    label = "letters"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
