"""What the agency's staff do: sign in, take a case, review, record the bureau's results, hand over the slip."""
