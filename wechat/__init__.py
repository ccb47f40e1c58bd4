"""How to talk to WeChat and WeChat Pay: inbound pushes, API client, outgoing messages and their budget, payments."""
