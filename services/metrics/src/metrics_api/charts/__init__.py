"""Coverage drawn as SVG."""
