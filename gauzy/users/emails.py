def normalize_email(email: str) -> str:
    """Return the one spelling under which an address is stored and looked up."""
    return email.strip().casefold()
