"""URLs of background jobs."""

from django.urls import path

from . import views as jobs

app_name = "jobs"

urlpatterns = [
    path("", jobs.job_list, name="list"),
    path("<uuid:pk>/", jobs.job_detail, name="detail"),
    path("<uuid:pk>/status/", jobs.job_status, name="status"),
    path("<uuid:pk>/cancel/", jobs.cancel, name="cancel"),
    path("<uuid:pk>/result/", jobs.result, name="result"),
]
