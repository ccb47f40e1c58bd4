"""The internal JSON API for bot and actions, and WeChat Pay's callback; it decides nothing."""
