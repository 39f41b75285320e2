from django.apps import AppConfig


class Policies(AppConfig):
    name = "yilu.policies"
    label = "policies"

    def ready(self) -> None:
        """Have the worker move policies whose day has come, and return what is left on those that ended."""
        from . import jobs, reactions  # noqa: F401
