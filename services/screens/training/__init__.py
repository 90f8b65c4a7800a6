"""What the screen Training asks for."""
