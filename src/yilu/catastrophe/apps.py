from django.apps import AppConfig


class Catastrophe(AppConfig):
    name = "yilu.catastrophe"
    label = "catastrophe"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
