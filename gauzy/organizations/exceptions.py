from gauzy.exceptions import Conflict, NotFound


class OrganizationNotFound(NotFound):
    code = "organization_not_found"
    message = "There is no such organization."


class OrganizationNameTaken(Conflict):
    code = "organization_name_taken"
    message = "The tenant has an organization of this name."
