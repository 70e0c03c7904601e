"""Plumbing shared by the services: no table of a service, no domain word."""
