from django.apps import AppConfig


class Work(AppConfig):
    name = "yilu.work"
    label = "work"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
