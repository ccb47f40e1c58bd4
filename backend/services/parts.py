"""What the use cases are built from; main.py fills it in once per process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.services.ports import (
    CaptchaArtist,
    Catalogues,
    Ids,
    Keyring,
    Mailer,
    MessageTexts,
    ObjectStore,
    PasswordHasher,
    PaymentGateway,
    PhotoCutter,
    PortraitFinder,
    RateLimiter,
    TemplateMaker,
    UnitOfWork,
)
from backend.services.publishing import Published
from runtime.clock import Clock


@dataclass(frozen=True)
class Parts:
    """`begin` opens a new unit of work; everything else is shared and safe to use at once."""

    begin: Callable[[], UnitOfWork]
    clock: Clock
    ids: Ids
    keys: Keyring
    objects: ObjectStore
    passwords: PasswordHasher
    captchas: CaptchaArtist
    portraits: PortraitFinder
    cutter: PhotoCutter
    templates: TemplateMaker
    limiter: RateLimiter
    pay: PaymentGateway
    mailer: Mailer
    texts: MessageTexts
    catalogues: Catalogues
    public_url: str
    published: Published | None = None
