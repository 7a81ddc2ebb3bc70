"""In which language letters to this customer are written."""

from shared.contracts.events import Submission
from shared.contracts.vocabulary import Language
from shared.text.language import language_of


def tongue_of(submission: Submission) -> Language:
    """What the sender says, where it is a language we write; else what the text is written in, else its subject."""
    tag = (submission.language or "").strip().lower().replace("_", "-").partition("-")[0]
    if tag in (Language.RU, Language.EN):
        return Language(tag)
    found = language_of(submission.text)
    if found is Language.OTHER and submission.subject_line and not any(letter.isalpha() for letter in submission.text):
        return language_of(submission.subject_line)
    return found
