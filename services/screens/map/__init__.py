"""What Map asks for: the items of a model in the plane, their regions, and what users' histories and lists light up."""
