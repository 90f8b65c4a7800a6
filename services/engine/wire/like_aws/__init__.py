"""`serve --like-aws`: the engine behaves as an account of AWS does, so that programs can be tested before they cost."""
