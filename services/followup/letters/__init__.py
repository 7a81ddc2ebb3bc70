"""The letters as people write them: one template a language and kind."""

from importlib.resources import files


def letter_texts() -> dict[str, str]:
    """Every template by `<language>/<name>.j2`, read once at start."""
    return {
        f"{language}/{entry.name}": entry.read_text(encoding="utf-8")
        for language in ("ru", "en")
        for entry in files(__package__).joinpath(language).iterdir()
        if entry.name.endswith(".j2")
    }
