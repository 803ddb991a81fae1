"""Benchmarks (`make bench`): what the service costs, beside a named peer in the same run. No test asserts a time."""
