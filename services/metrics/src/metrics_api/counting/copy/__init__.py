"""The columnar copy of the fact timeline that this process answers from."""
