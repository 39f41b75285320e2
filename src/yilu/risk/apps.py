from django.apps import AppConfig


class Risk(AppConfig):
    name = "yilu.risk"
    label = "risk"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
