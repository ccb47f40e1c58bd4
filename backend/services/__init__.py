"""The use cases: load with a lock, ask the domain, save, put messages in the outbox; they know ports only."""
