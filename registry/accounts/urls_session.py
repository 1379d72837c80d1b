"""URLs of sign-in, first steps, the user's own account and drafts."""

from django.urls import path, re_path

from registry.drafts import views as drafts
from registry.organizations.views import name_check

from .views import entering, second_factor, session

#: Keys of drafts must look like ours, such as `member-new` or `passport-12-inpo`.
DRAFT = r"drafts/(?P<key>(?=.{1,80}(?:/|$))[a-z]+(?:[-.][a-z0-9_]+){0,6})"

urlpatterns = [
    path("sign-in/", session.sign_in, name="login"),
    path("sign-in/code/", entering.sign_in_code, name="login-code"),
    path("sign-out/", session.sign_out, name="logout"),
    path("first-password/", session.first_password, name="first-password"),
    path("name-check/", name_check.name_check, name="name-check"),
    path("my/", session.profile, name="profile"),
    path("my/password/", session.change_password, name="change-password"),
    path("my/second-factor/", second_factor.overview, name="second-factor"),
    path("my/second-factor/begin/", second_factor.begin, name="second-factor-begin"),
    path("my/second-factor/telephone/", second_factor.set_up, name="second-factor-set-up"),
    path("my/second-factor/sheet/", second_factor.renew_codes, name="second-factor-codes"),
    path("my/second-factor/remove/", second_factor.remove, name="second-factor-remove"),
    path("my/sessions/end/", session.end_sessions, name="end-sessions"),
    path("my/email/confirm/", session.confirm_email, name="confirm-email"),
    path("my/appointment/", session.switch_appointment, name="switch-appointment"),
    path("my/display/", session.preferences, name="preferences"),
    path("session/ping/", session.session_ping, name="session-ping"),
    re_path(rf"^{DRAFT}/$", drafts.draft, name="draft"),
    re_path(rf"^{DRAFT}/discard/$", drafts.discard, name="draft-discard"),
    path("help/", session.help_page, name="help"),
    path("help/<slug:name>/", session.guide_page, name="guide"),
]
