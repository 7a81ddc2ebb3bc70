"""What a rule comes to: the care after it, the facts to tell, the letters to write."""

from dataclasses import dataclass, replace

from services.followup.domain.care import Care
from services.followup.domain.order import LetterOrder
from shared.contracts.events import Event


@dataclass(frozen=True, slots=True)
class Step:
    """One step in looking after a customer; rules pass it on, each adding its part."""

    care: Care
    events: tuple[Event, ...] = ()
    letters: tuple[LetterOrder, ...] = ()

    def then(self, care: Care, *events: Event, letter: LetterOrder | None = None) -> "Step":
        """The step with this care, and with these added."""
        letters = (*self.letters, letter) if letter else self.letters
        return replace(self, care=care, events=(*self.events, *events), letters=letters)
