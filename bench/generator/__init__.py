"""Labelled mail of invented offices, made by a seed: unit, layout, wording, client, trick (`bench generated`)."""
