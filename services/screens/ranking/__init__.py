"""What the screen Ranking asks for."""
