"""How a message leaves: into a file an attempt, or by SMTP."""

import asyncio
import hashlib
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib

from shared.platform.logging import get_logger
from shared.platform.processor.effects import Impossible, NotHandedOver
from shared.platform.settings import Settings

log = get_logger(__name__)


class FileTransport:
    """Writes one `.eml` per attempt, named by the effect's key: a double would be seen."""

    def __init__(self, directory: Path) -> None:
        """Made on first use."""
        self.directory = directory

    async def send(self, key: str, attempt: int, message: EmailMessage) -> None:
        """See the protocol; a full disk is known not to have taken it."""
        try:
            await asyncio.to_thread(self._write, key, attempt, message)
        except OSError as error:
            raise NotHandedOver from error

    def _write(self, key: str, attempt: int, message: EmailMessage) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{key.replace('|', '~').replace('/', '_')[:150]}~{hashlib.sha256(key.encode()).hexdigest()[:8]}.{attempt}.eml"
        draft = self.directory / f".{name}.{os.getpid()}"
        try:
            with draft.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.directory / name)
        except OSError:
            draft.unlink(missing_ok=True)  # half a letter on a full disk helps nobody
            raise


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
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0].code) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error.code) from error
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:  # an address that this server, or no server, can take
            raise Impossible("refused") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            if client.begun:
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
    log.warning("the mail server took nothing", error=type(error).__name__, code=getattr(error, "code", None))
    return NotHandedOver()


def _verdict(code: int) -> Exception:
    """4xx: not now; 5xx: never."""
    log.warning("the mail server refused a letter", code=code)
    return NotHandedOver() if code < 500 else Impossible("refused")


def transport_of(settings: Settings) -> FileTransport | SmtpTransport:
    """SMTP if a server is set, else files."""
    return SmtpTransport(settings) if settings.smtp_host else FileTransport(settings.mail_path)
