"""URLs of dues."""

from django.urls import path

from .ledger import views as overview
from .opening import views as opening
from .payments.views import collecting, payments
from .rates import views as rates

app_name = "dues"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("year/", overview.charge, name="charge_year"),
    path("books/close/", overview.close, name="close_books"),
    path("books/reopen/", overview.reopen, name="reopen_books"),
    path("collect/", collecting.collect, name="collect"),
    path("opening/", opening.openings, name="openings"),
    path("rates/", rates.rate_list, name="rates"),
    path("rates/add/", rates.add, name="add_rate"),
    path("rates/<id:pk>/delete/", rates.take_back, name="take_rate_back"),
    path("members/<id:pk>/pay/", payments.pay, name="pay"),
    path("members/<id:pk>/opening/take-back/", opening.take_back, name="take_opening_back"),
    path("entries/<id:pk>/reverse/", payments.reverse, name="reverse"),
]
