"""The notice reader: a notice's text → the campaign that it starts."""
