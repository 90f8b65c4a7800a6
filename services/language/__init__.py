"""How sentences are made: phrases, the words of metrics, the data's own vocabulary. Knows no data."""
