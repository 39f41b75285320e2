from django.shortcuts import render


def pledges(request):
    return render(request, "public/pledges.html")
