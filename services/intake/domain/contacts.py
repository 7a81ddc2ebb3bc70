"""How one contact is written, so that the same address is the same customer."""

import re
from typing import Final, NamedTuple

import phonenumbers

from shared.contracts.vocabulary import ContactKind

_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\[\]]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_HANDLE_LINK: Final = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:t\.me|vk\.com|wa\.me|ok\.ru|instagram\.com|facebook\.com|x\.com|twitter\.com)/", re.I
)
_RUSSIAN_MOBILE: Final = re.compile(r"(\+7|8|7)(9[0-9]{9})")
"""The commonest spelling; the library takes a hundred times as long for it."""
_FILLING: Final = dict.fromkeys(map(ord, " \t\u00a0()-–"))


class Contact(NamedTuple):
    """One way to reach a customer, in its canonical spelling."""

    kind: ContactKind
    address: str
    key: str = ""
    """What it is compared by; empty where it identifies nobody."""


def email_contact(value: str, no_reply: tuple[str, ...]) -> Contact | None:
    """The address in lower case with an ASCII domain; None when it cannot be read, or nobody reads it."""
    text = value.strip().removeprefix("mailto:")
    found = _ADDRESS.search(text)
    if not found:
        return None
    local, _, domain = found.group().lower().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        return None
    if local.startswith(no_reply) or ".." in local or local[0] == "." or local[-1] == ".":
        return None
    address = f"{local}@{ascii_domain}"
    return Contact(ContactKind.EMAIL, address, f"email:{address}")


def phone_contact(value: str, region: str) -> Contact | None:
    """The number in E.164; `region` is the country of numbers without a prefix; None when nobody can be called there."""
    address = _e164(value, region)
    return Contact(ContactKind.PHONE, address, f"phone:{address}") if address else None


def _e164(value: str, region: str) -> str | None:
    mobile = _RUSSIAN_MOBILE.fullmatch(value.translate(_FILLING))
    if mobile and (region == "RU" or mobile.group(1) == "+7"):
        return "+7" + mobile.group(2)
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(number)
        else None
    )


def handle_contact(kind: ContactKind, value: str, network: str) -> Contact | None:
    """A handle, which means something within its network only."""
    handle = _HANDLE_LINK.sub("", value.strip()).strip("@/ ").lower()
    return Contact(kind, value.strip(), f"{kind.value}:{network.lower()}:{handle}") if handle else None


def region_of(country: str | None, default: str) -> str:
    """The country that phone numbers are read in: the complaint's own where it is one, else the policy's."""
    code = (country or "").strip().upper()
    return code if code in phonenumbers.SUPPORTED_REGIONS else default
