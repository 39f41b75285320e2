from django.apps import AppConfig


class Care(AppConfig):
    name = "yilu.care"
    label = "care"

    def ready(self) -> None:
        from . import events, jobs, reactions  # noqa: F401
