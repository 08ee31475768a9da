from typing import cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework.request import Request
from rest_framework.response import Response

from gauzy.notifications import selectors, services
from gauzy.notifications.api.serializers import (
    EmailDetailOutput,
    EmailOutput,
    EmailQuery,
    MarkedReadOutput,
    NotificationOutput,
    NotificationQuery,
    PreferencesInput,
    PreferencesOutput,
)
from gauzy.rest.views import View, ViewSet
from gauzy.tenancy.roles import ADMINS, MEMBERS


class NotificationViewSet(ViewSet):
    """What the signed-in user was told, newest first."""

    roles = {"list": MEMBERS, "mark_read": MEMBERS, "mark_all_read": MEMBERS}
    queries = {"list": NotificationQuery}
    outputs = {"list": NotificationOutput, "mark_read": NotificationOutput, "mark_all_read": MarkedReadOutput}
    ordering = "-created_at"

    def list(self, request: Request) -> Response:
        return self.page(selectors.notifications_of(_me(request), **self.query))

    def mark_read(self, request: Request, notification_id: UUID) -> Response:
        """Mark one as read; repeating it changes nothing."""
        return self.reply(services.mark_read(notification_id=notification_id, user_id=_me(request)))

    def mark_all_read(self, request: Request) -> Response:
        return self.reply({"marked": services.mark_all_read(user_id=_me(request))})


class PreferencesView(View):
    """Which kinds of notification the signed-in user wants."""

    roles = {"get": MEMBERS, "put": MEMBERS}
    inputs = {"put": PreferencesInput}
    outputs = {"get": PreferencesOutput, "put": PreferencesOutput}

    def get(self, request: Request) -> Response:
        return self.reply({"items": selectors.preferences_of(_me(request))})

    def put(self, request: Request) -> Response:
        enabled = {item["kind"]: item["enabled"] for item in self.read()["items"]}
        services.set_preferences(user_id=_me(request), enabled=enabled)
        return self.get(request)


class EmailViewSet(ViewSet):
    """The tenant's e-mail history, newest first."""

    roles = {"list": ADMINS, "retrieve": ADMINS}
    queries = {"list": EmailQuery}
    outputs = {"list": EmailOutput, "retrieve": EmailDetailOutput}
    ordering = "-created_at"

    def list(self, request: Request) -> Response:
        return self.page(selectors.emails().filter(**self.query))

    def retrieve(self, request: Request, email_id: UUID) -> Response:
        return self.reply(selectors.email(email_id))


def _me(request: Request) -> UUID:
    user_id: UUID = cast(AbstractBaseUser, request.user).pk  # `roles` let nobody else in
    return user_id
