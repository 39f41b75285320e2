from django.shortcuts import render


def verify(request):
    return render(request, "public/verify.html")
