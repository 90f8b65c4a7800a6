"""Requests and answers: the botocore hook, the HTTP server and the dispatcher."""
