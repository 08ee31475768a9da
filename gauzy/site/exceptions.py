class NotRouted(RuntimeError):
    """The admin was about to write on its own, past the services."""

    def __init__(self, model_admin: object, method: str) -> None:
        name = type(model_admin).__name__
        super().__init__(
            f"{name}.{method} would change rows without a service, so without its rules and its events. Derive {name} "
            "from ServiceModelAdmin and let `create` and `update` call services, or do it in an action that calls one."
        )


class NotGuarded(TypeError):
    """A model admin was registered that could change rows past the services."""

    def __init__(self, admin_class: type | None) -> None:
        name = admin_class.__name__ if admin_class else "Django's ModelAdmin"
        super().__init__(f"{name} could write past the services: derive from ServiceModelAdmin or ReadOnlyAdmin.")
