"""The applicant's web pages inside WeChat: what a chat should not take (passwords, cropping, paying, many files)."""

from bot.h5.routes import Ports, add_routes

__all__ = ["Ports", "add_routes"]
