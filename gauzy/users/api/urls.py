from django.urls import path

from gauzy.users.api import account, sessions, views
from gauzy.users.api.api_keys import ApiKeyViewSet
from gauzy.users.api.members import MemberViewSet

urlpatterns = [
    path("auth/register", views.RegisterView.as_view()),
    path("auth/tokens", views.TokensView.as_view()),
    path("auth/tokens/current", views.CurrentTokenView.as_view()),
    path("auth/tokens/switch", account.SwitchTokenView.as_view()),
    path("auth/tokens/<uuid:token_id>", account.TokenView.as_view()),
    path("auth/session", sessions.SessionView.as_view()),
    path("auth/session/switch", sessions.SwitchSessionView.as_view()),
    path("auth/password-reset", account.PasswordResetView.as_view()),
    path("auth/set-password", views.SetPasswordView.as_view()),
    path("auth/verify-email", views.VerifyEmailView.as_view()),
    path("me", account.MeView.as_view()),
    path("me/memberships", account.OwnMembershipsView.as_view()),
    path("me/password", account.PasswordView.as_view()),
    path("me/verification", account.VerificationView.as_view()),
    path("api-keys", ApiKeyViewSet.as_view({"get": "list", "post": "create"})),
    path("api-keys/<uuid:api_key_id>", ApiKeyViewSet.as_view({"get": "retrieve"})),
    path("api-keys/<uuid:api_key_id>/revoke", ApiKeyViewSet.as_view({"post": "revoke"})),
    path("members", MemberViewSet.as_view({"get": "list"})),
    path("members/<uuid:membership_id>", MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("members/<uuid:membership_id>/end", MemberViewSet.as_view({"post": "end"})),
]
