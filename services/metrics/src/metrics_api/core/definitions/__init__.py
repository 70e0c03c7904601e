"""Indicators, targets, forecasts and dimensions, and what can be meant by them."""
