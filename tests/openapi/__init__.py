"""What the OpenAPI documents promise, checked without a running service."""
