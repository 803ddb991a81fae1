"""What is in the mailbox; raw octets → Message. ``session`` is its one edge."""
