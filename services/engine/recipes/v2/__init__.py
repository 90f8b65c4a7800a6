"""aws-user-personalization-v2 and aws-personalized-ranking-v2: the network with columns, event weights, new items."""
