from gauzy.exceptions import Conflict, Invalid, NotFound


class OrganizationNotFound(NotFound):
    code = "organization_not_found"
    message = "There is no such organization."


class OrganizationNameTaken(Conflict):
    code = "organization_name_taken"
    message = "The tenant has an organization of this name."


class LockDateInFuture(Invalid):
    code = "lock_date_in_future"
    message = "Only days that are over can be locked."


class ApprovalsOff(Invalid):
    code = "approvals_off"
    message = "Without approvals nobody can approve their own time: turn approvals on, or this off."
