"""What the screen Compare asks for."""
