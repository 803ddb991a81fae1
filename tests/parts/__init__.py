"""Small real files for the parsers' tests, and the code that makes them."""
