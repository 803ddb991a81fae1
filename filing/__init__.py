"""Message, extracts and campaigns → Filing, each decision with its evidence; the notice and roster readers."""
