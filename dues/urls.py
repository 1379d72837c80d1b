"""URLs of dues."""

from django.urls import path

from .collecting.views import appointments, cash, registers
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
    path("collectors/", appointments.collectors, name="collectors"),
    path("collectors/appoint/", appointments.appoint, name="appoint_collector"),
    path("collectors/<id:pk>/end/", appointments.end, name="end_collector"),
    path("registers/", registers.registers, name="registers"),
    path("registers/open/", registers.open_one, name="open_register"),
    path("registers/<id:pk>/", registers.register, name="register"),
    path("registers/<id:pk>/begin/", registers.begin, name="begin_register"),
    path("registers/<id:pk>/cancel/", registers.cancel, name="cancel_register"),
    path("registers/<id:pk>/add/", registers.add, name="add_to_register"),
    path("registers/<id:pk>/receive/", cash.receive, name="receive"),
    path("cash/", cash.cash, name="cash"),
    path("cash/<id:pk>/void/", cash.void, name="void_cash_order"),
    path("rates/", rates.rate_list, name="rates"),
    path("rates/add/", rates.add, name="add_rate"),
    path("rates/<id:pk>/delete/", rates.take_back, name="take_rate_back"),
    path("members/<id:pk>/pay/", payments.pay, name="pay"),
    path("members/<id:pk>/opening/take-back/", opening.take_back, name="take_opening_back"),
    path("entries/<id:pk>/reverse/", payments.reverse, name="reverse"),
]
