"""What we ask Upwork. No field that we do not need: one without permission fails the whole question."""

ME = "query Me { user { id } organization { id name } }"
EMAIL = "query Email { user { email } }"
