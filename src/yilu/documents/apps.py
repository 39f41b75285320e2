from django.apps import AppConfig


class Documents(AppConfig):
    name = "yilu.documents"
    label = "documents"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
