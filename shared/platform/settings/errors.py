"""How wrong settings are told."""


class SettingsError(Exception):
    """The settings cannot be used; every problem names the variable and the remedy, and no problem quotes a secret."""

    def __init__(self, problems: list[str]) -> None:
        """At least one problem."""
        super().__init__("\n".join(problems))
        self.problems = problems


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"REDRESS_{field.upper()}"
