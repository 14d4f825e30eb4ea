"""Example scores: a tutorial, from one note to a full piece."""
