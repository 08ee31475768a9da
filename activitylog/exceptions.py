class AppendOnly(TypeError):
    """A program tried to change or remove what the activity log says."""

    def __init__(self) -> None:
        super().__init__("The activity log is append-only: nothing in it is changed or removed.")
