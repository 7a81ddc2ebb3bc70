"""Letters over SMTP: handed over once; only where nobody can know whether a server took a letter is that left open."""

from email.message import EmailMessage
from typing import Any

import aiosmtplib

from shared.platform.logging import get_logger
from shared.platform.processor.effects import Impossible, NotHandedOver
from shared.platform.settings import Settings

log = get_logger(__name__)


class SmtpTransport:
    """Hands over to an SMTP server; knows which failures happened before the hand-over began."""

    def __init__(self, settings: Settings) -> None:
        """From the `smtp_…` settings."""
        self.settings = settings

    async def send(self, key: str, attempt: int, message: EmailMessage) -> None:
        """See the protocol."""
        allowed = self.settings.smtp_allowed_recipients
        if allowed and str(message["To"]) not in allowed:
            raise Impossible("refused")
        client = self._client()
        try:
            await self._greet(client)
            await self._hand_over(client, message)
        finally:
            client.close()

    def _client(self) -> "_Client":
        s = self.settings
        return _Client(
            hostname=s.smtp_host, port=s.smtp_port, timeout=30, use_tls=s.smtp_tls == "tls", start_tls=s.smtp_tls == "starttls"
        )

    async def _greet(self, client: "_Client") -> None:
        """Connect and log in; whatever fails here is about the server, never about the letter."""
        try:
            await client.connect()
            if self.settings.smtp_username and self.settings.smtp_password:
                await client.login(self.settings.smtp_username, self.settings.smtp_password.get_secret_value())
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:  # ValueError: its certificate's name
            raise _later(error) from error

    async def _hand_over(self, client: "_Client", message: EmailMessage) -> None:
        try:
            await client.send_message(message)
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:  # an address that this server, or no server, can take
            raise Impossible("refused") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            code = _code(error)
            if 400 <= code < 600:  # RFC 5321, 4.2.1: it was not taken; 4xx for now, 5xx for good
                log.warning("the mail server refused a letter", status=code)
                raise (NotHandedOver() if code < 500 else Impossible("refused")) from error
            if client.begun:  # cut, or answered in a way that nobody understands: it may have been taken
                raise
            raise _later(error) from error


class _Client(aiosmtplib.SMTP):
    """Knows whether the text itself was offered: before that a server has taken nothing, however the talk ended."""

    begun = False

    async def data(self, *args: Any, **options: Any) -> aiosmtplib.SMTPResponse:
        self.begun = True
        return await super().data(*args, **options)


def _later(error: Exception) -> NotHandedOver:
    """Nothing but the log tells an operator why letters wait; the server's own words stay out, since they quote addresses."""
    log.warning("the mail server took nothing", error=type(error).__name__, status=_code(error) or None)
    return NotHandedOver()


def _code(error: Exception) -> int:
    """The server's answer in three digits; 0 without one, and not between 400 and 599 where it cannot be understood."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
