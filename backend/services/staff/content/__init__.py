"""What managers may publish without a developer: fees, notices, materials, the dialogue's sentences, the messages."""
