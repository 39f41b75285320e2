from django.apps import AppConfig


class Customer(AppConfig):
    name = "yilu.web.customer"
    label = "web_customer"
