"""What runs without a request: timers on the Clock, outboxes, refunds, cleaning up."""
