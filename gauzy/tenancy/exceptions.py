from gauzy.exceptions import Conflict, Forbidden, NotFound


class TenantNotFound(NotFound):
    code = "tenant_not_found"
    message = "There is no such tenant."


class AmbiguousTenant(Conflict):
    code = "ambiguous_tenant"
    message = "Several tenants have this name: give the id instead."


class LastOwner(Conflict):
    code = "last_owner"
    message = "The last owner of a tenant cannot be removed."


class MemberNotFound(NotFound):
    code = "member_not_found"
    message = "There is no such member."


class GrantTooHigh(Forbidden):
    code = "grant_too_high"
    message = "You can grant and change only roles weaker than your own."


class MemberInactive(Conflict):
    code = "member_inactive"
    message = "This membership has ended: invite the person, or restore their employment."
