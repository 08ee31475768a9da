"""Which role may do what: groups of roles for views, and the table behind Django's permissions."""

from collections.abc import Collection, Mapping

from gauzy.tenancy.choices import Role

MEMBERS = frozenset(Role)
MANAGERS = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER})
ADMINS = frozenset({Role.OWNER, Role.ADMIN})
OWNERS = frozenset({Role.OWNER})

# What a role may grant, and whose membership it may change: the weaker ones. An owner may make owners.
_STRENGTH = {role: strength for strength, role in enumerate(reversed(Role))}

_roles_by_permission: dict[str, frozenset[Role]] = {}


def register_role_permissions(table: Mapping[str, Collection[Role]]) -> None:
    """Say which roles hold Django permissions such as "employees.view_employee". Call it in `AppConfig.ready()`."""
    _roles_by_permission.update({permission: frozenset(roles) for permission, roles in table.items()})


def registered_permissions() -> dict[str, frozenset[Role]]:
    """Return the roles that hold each permission."""
    return dict(sorted(_roles_by_permission.items()))


def roles_with(permission: str) -> frozenset[Role]:
    """Return the roles that hold a permission; one that nobody registered is held by none."""
    return _roles_by_permission.get(permission, frozenset())


def permissions_of(role: Role) -> set[str]:
    return {permission for permission, roles in _roles_by_permission.items() if role in roles}


def weaker(one: Role, other: Role) -> Role:
    """Return that of two roles which may do less."""
    return min(one, other, key=lambda role: _STRENGTH[role])


def may_grant(own: Role | None, role: Role) -> bool:
    """Tell whether a member with the role `own` may grant a role, or change a member who has it."""
    return own is not None and (own == Role.OWNER or _STRENGTH[own] > _STRENGTH[role])
