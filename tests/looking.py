"""What a careful eye finds on a page, looked for by a machine: contrast, names, sizes of what is tapped, room."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

LIGHT_AND_DARK: Final = ("light", "dark")

_LOOK: Final = Path(__file__).with_suffix(".js").read_text()


async def faults_of(page: Page, *, target_px: int, spared: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the page as it stands; `spared` are selectors whose look is not ours to choose."""
    found: Any = await page.evaluate(_LOOK, {"target": target_px, "spared": list(spared)})
    return [str(one) for one in found]
