"""The frozen values that the rooms hand each other; imports nothing else of ours."""
