"""How a message leaves: by SMTP where a server is set, else into a file an attempt."""

import asyncio
import hashlib
import os
from email.message import EmailMessage
from pathlib import Path

from services.followup.smtp import SmtpTransport
from shared.platform.processor.effects import NotHandedOver
from shared.platform.settings import Settings


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


def transport_of(settings: Settings) -> FileTransport | SmtpTransport:
    """SMTP if a server is set, else files."""
    return SmtpTransport(settings) if settings.smtp_host else FileTransport(settings.mail_path)
