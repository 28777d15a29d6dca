"""What is broken when. Each story is told in a place, adds to its history, and leaves it as whole as it was."""
