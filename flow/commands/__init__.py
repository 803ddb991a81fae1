"""The commands of CONTRACT.md, one function each: arguments in, words for people or programs out, exit status back."""
