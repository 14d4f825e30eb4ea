"""Rules of chance, one a file. Nothing here knows of scores, parts or ticks."""
