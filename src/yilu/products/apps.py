from django.apps import AppConfig


class Products(AppConfig):
    name = "yilu.products"
    label = "products"
