"""Long lists and report packs as files that jobs make."""
