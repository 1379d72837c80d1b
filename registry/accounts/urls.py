"""URLs of accounts and appointments."""

from django.urls import path

from .views import accounts, appointments, credentials, second_factor

app_name = "accounts"

urlpatterns = [
    path("", accounts.account_list, name="list"),
    path("add/", credentials.add, name="add"),
    path("add-many/", credentials.add_many, name="add_many"),
    path("<id:pk>/", accounts.detail, name="detail"),
    path("<id:pk>/edit/", accounts.edit, name="edit"),
    path("<id:pk>/block/", accounts.block, name="block"),
    path("<id:pk>/unblock/", accounts.unblock, name="unblock"),
    path("<id:pk>/reissue/", accounts.reissue, name="reissue"),
    path("<id:pk>/second-factor/reset/", second_factor.reset, name="reset_factor"),
    path("<id:pk>/appoint/", appointments.appoint, name="appoint"),
    path("appointments/<id:pk>/end/", appointments.dismiss, name="dismiss"),
    path("appointments/<id:pk>/withdraw/", appointments.withdraw, name="withdraw"),
]
