"""How requests arrive and answers leave: botocore hook, HTTP server, one dispatcher."""
