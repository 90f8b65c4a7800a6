"""Amazon S3 as the object store: objects, and uploads in parts that go on where they broke off."""
