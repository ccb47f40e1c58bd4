"""The staff console under /console: server-rendered pages, a little htmx, no business rule.

main.py sets `app[OFFICE]` (and `app[COOKIES_ARE_SECURE]`, from PUBLIC_URL) and calls `add_routes(app)`.
"""

from backend.console.routes import add_routes
from backend.console.web import COOKIES_ARE_SECURE, OFFICE

__all__ = ["COOKIES_ARE_SECURE", "OFFICE", "add_routes"]
