from django.urls import path

from gauzy.users.api import views
from gauzy.users.api.members import MemberViewSet

urlpatterns = [
    path("auth/register", views.RegisterView.as_view()),
    path("auth/tokens", views.TokensView.as_view()),
    path("auth/tokens/current", views.CurrentTokenView.as_view()),
    path("auth/set-password", views.SetPasswordView.as_view()),
    path("auth/verify-email", views.VerifyEmailView.as_view()),
    path("me", views.MeView.as_view()),
    path("members", MemberViewSet.as_view({"get": "list"})),
    path("members/<uuid:membership_id>", MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("members/<uuid:membership_id>/end", MemberViewSet.as_view({"post": "end"})),
]
