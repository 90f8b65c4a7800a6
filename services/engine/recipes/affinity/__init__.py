"""User segments: aws-item-affinity and aws-item-attribute-affinity."""
