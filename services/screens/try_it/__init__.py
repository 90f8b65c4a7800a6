"""What Try it yourself asks for: a first grid, the list after each pick, who is nearest, addresses to share."""
