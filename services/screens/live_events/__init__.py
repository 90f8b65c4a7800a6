"""What the screen Live events asks for."""
