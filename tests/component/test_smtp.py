"""Letters over SMTP: what a server takes is sent once, what it refuses is said, a cut in the text is unknown."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from structlog.testing import capture_logs

from services.followup.smtp import SmtpTransport
from services.followup.transports import FileTransport, transport_of
from shared.platform.processor.effects import Impossible, NotHandedOver
from shared.platform.settings import load_settings

ANNA = "anna@example.com"


class Office:
    """A mail server that answers as a test wants: `says` by command, and `cuts` the line instead of answering one."""

    def __init__(self, says: dict[str, str] | None = None, cuts: str = "") -> None:
        self.says = says or {}
        self.cuts = cuts
        self.taken: list[Envelope] = []

    async def _answer(self, server: SMTP, command: str, usual: str) -> str:
        if self.cuts == command:
            assert server.transport is not None
            server.transport.close()
        return self.says.get(command, usual)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._answer(server, "MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer(server, "RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return await self._answer(server, "DATA", "250 OK")


@contextlib.asynccontextmanager
async def open_office(office: Office, **options: Any) -> AsyncIterator[int]:
    """Its port; at the end every visitor is shown out."""
    loop, desks = asyncio.get_running_loop(), list[SMTP]()

    def desk() -> SMTP:
        desks.append(SMTP(office, hostname="office", loop=loop, **options))
        return desks[-1]

    server = await loop.create_server(desk, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for one in desks:
            if one.transport is not None:
                one.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def transport(home: Path, port: int, **more: str) -> SmtpTransport:
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "smtp_sender": "care@example.org"}
    made = transport_of(load_settings(None, home=home, **(given | more)))
    assert isinstance(made, SmtpTransport)
    return made


def letter(to: str = ANNA) -> EmailMessage:
    mail = EmailMessage(policy=MAIL)
    mail["From"], mail["To"], mail["Subject"] = "care@example.org", to, "Мы получили вашу жалобу"
    mail.set_content("Здравствуйте!\nМы ответим вам до пятницы.\n")
    return mail


async def test_a_letter_reaches_the_server_with_its_words_and_its_one_recipient(tmp_path: Path) -> None:
    office = Office()
    async with open_office(office) as port:
        await transport(tmp_path, port).send("c1|notice|acknowledgement", 1, letter())
    (envelope,) = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("care@example.org", [ANNA])
    assert isinstance(envelope.content, bytes)
    assert "Мы ответим вам до пятницы." in envelope.content.decode()


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_what_the_server_refuses_for_now_is_tried_again(tmp_path: Path, command: str) -> None:
    async with open_office(Office({command: "451 greylisted, come back"})) as port:
        with pytest.raises(NotHandedOver):
            await transport(tmp_path, port).send("k", 1, letter())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_what_the_server_refuses_for_good_is_failed(tmp_path: Path, command: str) -> None:
    async with open_office(Office({command: "550 no such person"})) as port:
        with pytest.raises(Impossible, match="refused"):
            await transport(tmp_path, port).send("k", 1, letter())


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_a_line_that_is_cut_before_the_text_began_is_tried_again(tmp_path: Path, command: str) -> None:
    office = Office(cuts=command)
    async with open_office(office) as port:
        with pytest.raises(NotHandedOver):
            await transport(tmp_path, port).send("k", 1, letter())
    assert office.taken == []


async def test_a_line_that_is_cut_after_the_text_began_leaves_it_unknown(tmp_path: Path) -> None:
    office = Office(cuts="DATA")
    async with open_office(office) as port:
        with pytest.raises(Exception) as caught:
            await transport(tmp_path, port).send("k", 1, letter())
    assert not isinstance(caught.value, NotHandedOver | Impossible)
    assert len(office.taken) == 1


@pytest.mark.parametrize("answer", ["taken, thanks", "251 somehow taken"])
async def test_a_text_that_is_answered_in_no_known_way_is_unknown_and_not_sent_again(tmp_path: Path, answer: str) -> None:
    office = Office({"DATA": answer})
    async with open_office(office) as port:
        with pytest.raises(Exception) as caught:
            await transport(tmp_path, port).send("k", 1, letter())
    assert not isinstance(caught.value, NotHandedOver | Impossible)
    assert len(office.taken) == 1


async def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    with capture_logs() as lines, pytest.raises(NotHandedOver):
        await transport(tmp_path, free_port()).send("k", 1, letter())
    assert [(line["event"], line["error"]) for line in lines] == [("the mail server took nothing", "SMTPConnectError")]


async def test_a_server_that_does_not_speak_tls_gets_no_letter_in_the_clear(tmp_path: Path) -> None:
    office = Office()
    async with open_office(office) as port:
        with pytest.raises(NotHandedOver):
            await transport(tmp_path, port, smtp_tls="starttls").send("k", 1, letter())
    assert office.taken == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_it_logs_in_where_a_user_is_set_and_a_wrong_password_only_postpones(tmp_path: Path) -> None:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"redress", b"right")
        return AuthResult(success=right, handled=False)

    office = Office()
    async with open_office(office, authenticator=check, auth_required=True, auth_require_tls=False) as port:
        login = {"smtp_username": "redress"}
        with capture_logs() as lines, pytest.raises(NotHandedOver):
            await transport(tmp_path, port, **login, smtp_password="wrong").send("k", 1, letter())
        assert [line["status"] for line in lines] == [535], lines
        assert office.taken == []
        await transport(tmp_path, port, **login, smtp_password="right").send("k", 2, letter())
    assert len(office.taken) == 1


async def test_only_allowed_recipients_get_mail_where_a_list_is_set(tmp_path: Path) -> None:
    office = Office()
    async with open_office(office) as port:
        sends = transport(tmp_path, port, smtp_allowed_recipients="tester@example.com")
        with pytest.raises(Impossible, match="refused"):
            await sends.send("k", 1, letter())
        await sends.send("k", 1, letter("tester@example.com"))
    assert [envelope.rcpt_tos for envelope in office.taken] == [["tester@example.com"]]


async def test_an_address_in_cyrillic_is_sent_where_the_server_knows_such_and_refused_where_not(tmp_path: Path) -> None:
    office = Office()
    async with open_office(office, enable_SMTPUTF8=True) as port:
        await transport(tmp_path, port).send("k", 1, letter("анна@пример.рф"))
    assert office.taken[0].rcpt_tos == ["анна@пример.рф"]
    async with open_office(office, enable_SMTPUTF8=False) as port:
        with pytest.raises(Impossible, match="refused"):
            await transport(tmp_path, port).send("k", 1, letter("анна@пример.рф"))


async def test_no_address_and_no_word_of_the_server_is_logged(tmp_path: Path) -> None:
    async with open_office(Office({"RCPT": f"550 {ANNA} unknown"})) as port:
        with capture_logs() as lines, pytest.raises(Impossible):
            await transport(tmp_path, port).send("k", 1, letter())
    assert lines
    assert ANNA not in str(lines)


async def test_a_letter_that_a_full_disk_did_not_take_leaves_no_draft_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    files = FileTransport(tmp_path / "mail")
    with monkeypatch.context() as disk:
        disk.setattr("services.followup.transports.os.fsync", full)
        with pytest.raises(NotHandedOver):
            await files.send("k", 1, letter())
    assert list((tmp_path / "mail").iterdir()) == []
    await files.send("k", 2, letter())
    assert [path.suffixes[-1] for path in (tmp_path / "mail").iterdir()] == [".eml"]
