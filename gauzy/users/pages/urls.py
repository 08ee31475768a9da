from django.urls import path

from gauzy.users.pages.views import SetPasswordPage, VerifyEmailPage

urlpatterns = [
    path("set-password/<uuid:user_id>/<str:token>", SetPasswordPage.as_view(), name="set-password"),
    path("verify-email/<str:token>", VerifyEmailPage.as_view(), name="verify-email"),
]
