"""The two feeds that are followed, by name."""

REGISTRY_FEED = "registry"
ROUTER_FEED = "router"
FEEDS = (REGISTRY_FEED, ROUTER_FEED)
