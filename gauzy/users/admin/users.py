from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gauzy.site.base import ReadOnlyAdmin
from gauzy.site.navigation import Entry, Task
from gauzy.users.models import User


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Everybody who can sign in, in whatever tenant: for superusers only."""

    navigation = (Entry(Task.INSTALLATION, "Users", "person", "users_user_changelist"),)
    empty_hint = "Users come by registering, by an invite, or by `manage.py createsuperuser`."
    list_display = ("email", "first_name", "last_name", "is_active", "is_superuser", "date_joined")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-date_joined", "-id")
    fields = (
        *("email", "first_name", "last_name", "is_active", "is_superuser"),
        *("email_verified_at", "last_login", "date_joined", "id"),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)
