from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from gauzy.eventbus.ids import uuid7
from gauzy.tenancy.choices import Role
from gauzy.tenancy.models import TenantModel
from gauzy.tenancy.selectors import may_enter_admin
from gauzy.users.choices import KeyState
from gauzy.users.emails import normalize_email


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=normalize_email(email or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. What they may do comes from their memberships, never from groups."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    groups: Any = None
    user_permissions: Any = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def has_unproven_password(self) -> bool:
        """Whoever chose the password has yet to show that they read the mail of this address; operators need not."""
        return self.has_usable_password() and self.email_verified_at is None and not self.is_superuser

    @cached_property
    def is_staff(self) -> bool:
        """May enter the admin."""
        return self.is_superuser or may_enter_admin(self.pk)


class AccessToken(models.Model):
    """A program's way in, bound to one membership. Only a digest is stored; `prefix` lets its owner recognise it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membership = models.ForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}…"


class ApiKey(TenantModel):
    """A program's lasting way in: it acts in the name of a member, never as more than they are, within its scopes.

    Only a digest is stored; `prefix` lets people recognise it. `networks` are the CIDR blocks it may come from; none:
    from anywhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membership = models.ForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    role = models.CharField(max_length=20, choices=Role)
    scopes = models.JSONField()
    networks = models.JSONField(default=list, blank=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> KeyState:
        if self.revoked_at:
            return KeyState.REVOKED
        return KeyState.EXPIRED if self.expires_at <= timezone.now() else KeyState.ACTIVE


class Guesses(models.Model):
    """How many passwords in a row were wrong: for an e-mail from an address, for an e-mail, or from an address.

    Digests stand for what was typed, whether a user has the e-mail or not. `account` is the e-mail's, if it counts for
    one.
    """

    key = models.CharField(primary_key=True, max_length=64)
    account = models.CharField(max_length=64, blank=True, db_index=True)
    wrong = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.wrong} wrong"
