"""Related items beyond counting: aws-similar-items and aws-semantic-similarity."""
