from django.apps import AppConfig


class Claims(AppConfig):
    name = "yilu.claims"
    label = "claims"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
