"""Users, members and API keys in the admin; importing this registers them."""

from gauzy.users.admin.api_keys import ApiKeyAdmin
from gauzy.users.admin.members import MembershipAdmin
from gauzy.users.admin.users import UserAdmin

__all__ = ["ApiKeyAdmin", "MembershipAdmin", "UserAdmin"]
