"""Carries letters: opens what is sealed, writes the letter, and hands it over once."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Protocol

from services.followup.domain.code import code_of
from services.followup.domain.letter import Inside, Letter, Letters
from services.followup.domain.link import survey_token
from services.followup.domain.order import LetterOrder
from services.followup.domain.policy_model import FollowupPolicy
from shared.contracts.errors import TryAgain
from shared.contracts.identity import digest
from shared.contracts.links import tracking_token
from shared.contracts.vocabulary import NoticeKind
from shared.platform.clock import Clock
from shared.platform.effect_record import EffectRecord
from shared.platform.logging import get_logger
from shared.platform.processor.effects import Done, Impossible, NotYet
from shared.platform.store import StoreDown
from shared.platform.vault import Vault

log = get_logger(__name__)


class Transport(Protocol):
    """Hands a message over."""

    async def send(self, key: str, attempt: int, message: EmailMessage) -> None:
        """Hand over once. Raises `NotHandedOver` or `Impossible`; anything else means that nobody knows."""


class Courier:
    """The performer of `mail` effects."""

    def __init__(
        self,
        vault: Vault,
        letters: Letters,
        policy: FollowupPolicy,
        transport: Transport,
        links: "Links",
        clock: Clock,
        sender: str,
    ) -> None:
        """`sender`: the address that letters come from."""
        self.vault = vault
        self.letters = letters
        self.policy = policy
        self.transport = transport
        self.links = links
        self.clock = clock
        self.sender = sender

    async def deliver(self, key: str, record: EffectRecord) -> Done:
        """Open, write, hand over; see `Performer`."""
        address, message = await self._written(key, record)
        if address is None:
            raise Impossible("erased")
        await self.transport.send(key, record.attempts, message)
        return Done()

    async def _written(self, key: str, record: EffectRecord) -> tuple[str | None, EmailMessage]:
        """The address and the letter. Whatever fails in here, nothing was handed over."""
        try:
            order = LetterOrder.model_validate(record.body)
            address, inside = await self._open(order)
            if address is None:
                return None, EmailMessage()
            return address, self._message(key, order, address, self.letters.write(order, inside, self.policy))
        except (TryAgain, StoreDown, OSError, MemoryError) as error:  # the machine's want, not the letter's fault
            raise NotYet from error
        except Exception as error:  # a hole in the letter, an address that no header can carry, a token that is none
            log.error("a letter cannot be written", error=type(error).__name__)
            raise Impossible("refused") from error

    async def _open(self, order: LetterOrder) -> tuple[str | None, Inside]:
        """The address and what only we can add. The vault's absence is no attempt at a hand-over."""
        tokens = [order.to, *(token for token in (order.name, order.answer) if token)]
        opened = dict(zip(tokens, await self.vault.open(tokens, "courier", f"letter {order.notice_id}"), strict=True))
        address = opened[order.to]
        survey = order.notice is NoticeKind.SURVEY
        offer = order.notice is NoticeKind.OFFER
        return address, Inside(
            name=opened.get(order.name or ""),
            answer=opened.get(order.answer or ""),
            track=self.links.track(order.complaint_id),
            survey=self.links.survey(order.complaint_id, order.round) if survey else None,
            code=code_of(self.links.secret, order.complaint_id, order.round) if offer else None,
        )

    def _message(self, key: str, order: LetterOrder, address: str, letter: Letter) -> EmailMessage:
        """The letter as mail: threaded by complaint, and marked so that no robot answers it."""
        domain = self.sender.rpartition("@")[2]
        message = EmailMessage(policy=SMTP)
        message["From"] = formataddr((self.policy.signature.said_in(letter.language), self.sender))
        message["To"] = address
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(self.clock.now() / 1000, UTC))
        message["Message-ID"] = f"<{digest(key)}@{domain}>"
        message["References"] = f"<{order.complaint_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = str(letter.language)
        message["X-Redress-Complaint"] = order.complaint_id
        message.set_content(letter.text)
        return message


class Links:
    """The addresses that customers get; the same link can be made again after a crash."""

    def __init__(self, secret: bytes, intake_url: Callable[[], str], followup_url: Callable[[], str]) -> None:
        """`intake_url` and `followup_url` tell what the services' public addresses start with, once their ports are known."""
        self.secret = secret
        self.intake_url = intake_url
        self.followup_url = followup_url

    def track(self, complaint_id: str) -> str:
        """Where the customer sees how the complaint stands."""
        return f"{self.intake_url()}/v1/complaints/{tracking_token(self.secret, complaint_id)}"

    def survey(self, complaint_id: str, round_: int) -> str:
        """The survey page of a round."""
        return f"{self.followup_url()}/s/{survey_token(self.secret, complaint_id, round_)}"
