"""The other services, as narrowly as this one needs them.

The registry is read only through its change feed (`servicekit.follower`), with `service_client`.
"""
