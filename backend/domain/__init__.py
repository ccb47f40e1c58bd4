"""Every business rule of a permit application, as frozen dataclasses and pure functions; standard library only."""
