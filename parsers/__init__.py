"""One part's octets → Extract, each kind in a file of its own, run in worker processes with limits."""
