"""Which unit reports: names, clues, their weighing."""
