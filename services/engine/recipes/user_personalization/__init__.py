"""aws-user-personalization: the network with columns, and exploration of new items."""
