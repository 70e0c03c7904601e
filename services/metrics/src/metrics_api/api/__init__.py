"""Routes, the schemas of what comes in and goes out, and the one error table."""
