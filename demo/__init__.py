"""Embedded mail servers and the sample campaign."""
