"""The owner of the prepared tenant."""

EMAIL = "owner@chaos.example"
PASSWORD = "correct horse battery staple"
