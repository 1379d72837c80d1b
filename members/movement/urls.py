"""URLs of leaving, transfers, arrivals and erasing."""

from django.urls import path

from .views import arrivals, erasing, leaving, transfers

app_name = "moves"

urlpatterns = [
    path("", transfers.transfer_list, name="list"),
    path("leave/<id:pk>/", leaving.leave, name="leave"),
    path("back/<id:pk>/", leaving.take_back, name="take_back"),
    path("arrive/", arrivals.arrive, name="arrive"),
    path("ask/", arrivals.ask, name="ask"),
    path("offer/<id:pk>/", arrivals.offer, name="offer"),
    path("<id:pk>/", transfers.detail, name="detail"),
    path("<id:pk>/call-off/", transfers.call_off, name="call_off"),
    path("<id:pk>/renew-code/", transfers.renew_code, name="renew_code"),
    path("<id:pk>/take-back/", transfers.take_back_arrival, name="take_back_arrival"),
    path("<id:pk>/confirm/", transfers.confirm, name="confirm"),
    path("<id:pk>/decline/", transfers.decline, name="decline"),
    path("<id:pk>/withdraw/", transfers.withdraw, name="withdraw"),
    path("<id:pk>/decide/", transfers.decide, name="decide"),
    path("erasing/", erasing.overview, name="erasing"),
    path("erasing/all/", erasing.erase_all, name="erase_all"),
    path("erasing/<id:pk>/", erasing.erase_one, name="erase"),
    path("erasing/applications/<id:pk>/", erasing.erase_application_of, name="erase_application"),
    path("erasing/records/", erasing.records, name="destruction_records"),
    path("erasing/records/<id:pk>/act/", erasing.print_act, name="destruction_record"),
    path("erasing/records/<id:pk>/extract/", erasing.print_extract, name="destruction_extract"),
]
