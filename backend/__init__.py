"""The truth about applicants and their cases: rules, use cases, storage, staff console."""
