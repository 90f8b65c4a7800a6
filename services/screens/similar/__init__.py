"""What the screen Similar asks for."""
