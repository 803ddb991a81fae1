"""Tests of the service, with the parts of its sample corpus that the demonstration does not use."""
