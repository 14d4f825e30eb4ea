"""The pages that the command line quotes."""
