"""Making what people type comparable: pure functions, no Rasa."""
