"""Users, their passwords and their tokens: every write.

Passwords are hashed before a transaction opens: hashing is slow by intent, and on SQLite a transaction holds the only
write lock.
"""

from gauzy.users.services.guarding import admit_guess, forget_guesses, forget_guesses_of
from gauzy.users.services.joining import Joiner, join, prove
from gauzy.users.services.keys import IssuedKey, create_api_key, note_key_use, revoke_api_key
from gauzy.users.services.linking import set_password_with_link, verify_email
from gauzy.users.services.members import end_member
from gauzy.users.services.own_account import (
    change_password,
    request_password_reset,
    request_verification,
    revoke_own_token,
    update_user,
)
from gauzy.users.services.registering import (
    check_password_strength,
    create_superuser,
    create_tenant_with_owner,
    draft_user,
    find_or_create_user,
    find_or_create_users,
    register,
)
from gauzy.users.services.signing_in import (
    IssuedToken,
    close_session,
    end_access,
    issue_token,
    login,
    note_token_use,
    open_session,
    revoke_token,
    switch_session,
    switch_token,
)

__all__ = [
    "IssuedKey",
    "IssuedToken",
    "Joiner",
    "admit_guess",
    "change_password",
    "check_password_strength",
    "close_session",
    "create_api_key",
    "create_superuser",
    "create_tenant_with_owner",
    "draft_user",
    "end_access",
    "end_member",
    "find_or_create_user",
    "find_or_create_users",
    "forget_guesses",
    "forget_guesses_of",
    "issue_token",
    "join",
    "login",
    "note_key_use",
    "note_token_use",
    "open_session",
    "prove",
    "register",
    "request_password_reset",
    "request_verification",
    "revoke_api_key",
    "revoke_own_token",
    "revoke_token",
    "set_password_with_link",
    "switch_session",
    "switch_token",
    "update_user",
    "verify_email",
]
