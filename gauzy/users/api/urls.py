from django.urls import path

from gauzy.users.api import views

urlpatterns = [
    path("auth/register", views.RegisterView.as_view()),
    path("auth/tokens", views.TokensView.as_view()),
    path("auth/tokens/current", views.CurrentTokenView.as_view()),
    path("auth/set-password", views.SetPasswordView.as_view()),
    path("auth/verify-email", views.VerifyEmailView.as_view()),
    path("me", views.MeView.as_view()),
]
