"""The sections of the interview: each builds its prompts from a draft and its context."""
