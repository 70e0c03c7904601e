"""Editions: this service's own counter of knowledge."""
