from gauzy.exceptions import Conflict, NotFound


class TenantNotFound(NotFound):
    code = "tenant_not_found"
    message = "There is no such tenant."


class AmbiguousTenant(Conflict):
    code = "ambiguous_tenant"
    message = "Several tenants have this name: give the id instead."


class LastOwner(Conflict):
    code = "last_owner"
    message = "The last owner of a tenant cannot be removed."
