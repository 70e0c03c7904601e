"""What people see: pages and charts made from the answers of the use cases.

Counts nothing itself: every figure comes from the use case that also answers the REST API.
"""
