from django.apps import AppConfig


class People(AppConfig):
    name = "yilu.people"
    label = "people"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
