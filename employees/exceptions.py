from gauzy.exceptions import Conflict, Invalid, NotFound


class EmployeeNotFound(NotFound):
    code = "employee_not_found"
    message = "There is no such employee."


class EmployeeExists(Conflict):
    code = "employee_exists"
    message = "This person is or was an employee of the organization; an employment that has ended can be restored."


class ExternalIdTaken(Conflict):
    code = "external_id_taken"
    message = "Another employee of the organization has this external id."


class TeamNotFound(NotFound):
    code = "team_not_found"
    message = "There is no such team."


class TeamNameTaken(Conflict):
    code = "team_name_taken"
    message = "The organization has a team of this name."


class NotOfThisOrganization(Invalid):
    """The same for an unknown employee, a foreign one and one of another organization."""

    code = "not_of_this_organization"
    message = "There is no such employee in the team's organization."


class InviteNotFound(NotFound):
    code = "invite_not_found"
    message = "There is no such invite."


class InviteOpen(Conflict):
    code = "invite_open"
    message = "This person has an open invite to the organization: send it again, or revoke it."


class InviteDecided(Conflict):
    code = "invite_decided"
    message = "This invite was answered or revoked: make a new one."


class InvalidInvite(Invalid):
    """The same for an unknown, expired, revoked and used token."""

    code = "invalid_invite"
    message = "This invite is not valid any more. Ask for a new one."


class ImportRefused(Invalid):
    """`fields` is keyed by line: `lines.500.email`, or `lines.500` where no field is at fault."""

    code = "import_refused"
    message = "Some lines were refused, so none was imported."


# --- a file as a whole ------------------------------------------------------------------------------------------------


class EmptyFile(Invalid):
    code = "empty_file"
    message = "There is no file, or it has no header."


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = "The file is too large. Split it."


class UnreadableHeader(Invalid):
    code = "unreadable_header"
    message = "Line 1 is no header that can be read. Save the file as CSV in UTF-8."


class UnknownColumn(Invalid):
    code = "unknown_column"
    message = "The header names a column that is not known."


class DuplicateColumn(Invalid):
    code = "duplicate_column"
    message = "The header names a column twice."


class MissingColumn(Invalid):
    code = "missing_column"
    message = "The header lacks a column that is required."


# --- one line of it ---------------------------------------------------------------------------------------------------


class MalformedLine(Invalid):
    code = "malformed_line"
    message = "The quotes or the length of this line are not those of CSV; a record stands on one line."


class WrongFieldCount(Invalid):
    code = "wrong_field_count"
    message = "This line has another number of fields than the header."


class WrongEncoding(Invalid):
    code = "wrong_encoding"
    message = "This is not UTF-8."


class NulCharacter(Invalid):
    code = "nul_character"
    message = "This has a NUL character."


class MissingValue(Invalid):
    code = "missing_value"
    message = "This may not be empty."


class InvalidDate(Invalid):
    code = "invalid_date"
    message = "This is not a date such as 2026-03-31."
