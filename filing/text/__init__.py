"""Chinese text made ready for rules: squeezed, split into sentences, numbers and tense; word lists."""
