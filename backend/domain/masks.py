"""How personal things are shown: never a full ID number, phone, address or name where a part is enough (F18)."""

from __future__ import annotations


def mask_id_number(number: str) -> str:
    """First four, five asterisks, last four, as the manual shows it."""
    return f"{number[:4]}*****{number[-4:]}" if len(number) >= 8 else "*" * len(number)


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)


def mask_email(address: str) -> str:
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***"


def mask_emails(joined: str) -> str:
    return "；".join(mask_email(address) for address in joined.split(";") if address)


def mask_name(name: str) -> str:
    """The family name only."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else ""
