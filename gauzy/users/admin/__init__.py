"""Users and members in the admin; importing this registers them."""

from gauzy.users.admin.members import MembershipAdmin
from gauzy.users.admin.users import UserAdmin

__all__ = ["MembershipAdmin", "UserAdmin"]
